using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The examples of <c>examples/resources</c> and <c>examples/bad</c>, from this assembly.</summary>
internal sealed class ExampleLibrary
{
    private const string Prefix = "examples/";
    private const string GoodFolder = "good/";
    private const string BadFolder = "bad/";

    private static readonly Assembly Assembly = typeof(ExampleLibrary).Assembly;

    private readonly FrozenDictionary<string, Example> _byPath;
    private readonly FrozenDictionary<string, Example> _goodByReference;

    /// <summary>Finds what there is.</summary>
    /// <param name="artefacts">Where the ids of rules stand, for telling them from the words of a file's name.</param>
    public ExampleLibrary(ArtefactSet artefacts)
    {
        var rules = artefacts
            .FindCanonical(FhirSystems.Rule)!
            .Read()
            .Items("concept")
            .Select(concept => concept.Text("code")!)
            .OrderByDescending(code => code.Length)
            .ToList();
        All =
        [
            .. Names()
                .Select(name => name.StartsWith(GoodFolder, StringComparison.Ordinal) ? Good(name) : Bad(name, rules)),
        ];
        _byPath = All.ToFrozenDictionary(example => example.Path);
        _goodByReference = All.Where(example => example.Reference is not null)
            .ToFrozenDictionary(example => example.Reference!);
    }

    /// <summary>All of them, the bad ones first, by path.</summary>
    public IReadOnlyList<Example> All { get; }

    /// <summary>The good examples of a profile, or the bad ones.</summary>
    public IReadOnlyList<Example> Of(string profile, bool good) =>
        [.. All.Where(example => example.Profile == profile && example.Rule is null == good)];

    /// <summary>The example at a path; null when there is none.</summary>
    public Example? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>The good example of a type and id, such as <c>Flag/cpp-0001</c>; null when there is none.</summary>
    public Example? FindGood(string reference) => _goodByReference.GetValueOrDefault(reference);

    /// <summary>The files of the good examples, which travel in the package.</summary>
    public static IEnumerable<(string Name, ReadOnlyMemory<byte> Json)> GoodFiles() =>
        Names()
            .Where(name => name.StartsWith(GoodFolder, StringComparison.Ordinal))
            .Select(name => (name[GoodFolder.Length..], Read(name)));

    /// <summary>The example as it stands in its file.</summary>
    public static ReadOnlyMemory<byte> Read(Example example) => Read(example.Path + ".json");

    private static Example Good(string name)
    {
        using var document = JsonDocument.Parse(Read(name));
        var root = document.RootElement;
        return new Example(
            name[..^".json".Length],
            root.GetProperty("meta").Texts("profile").First(),
            null,
            name[GoodFolder.Length..^".json".Length],
            $"{root.Text("resourceType")}/{root.Text("id")}"
        );
    }

    // bad/CPIS-Flag/fhir-min-no-code.json: the profile, the rule, and what is wrong in a few words.
    private static Example Bad(string name, IReadOnlyList<string> rules)
    {
        var path = name[..^".json".Length];
        var (profile, file) = path[BadFolder.Length..].Split('/') is [var folder, var rest]
            ? (folder, rest)
            : throw new InvalidOperationException($"{name} does not lie in the folder of a profile.");
        var rule =
            rules.FirstOrDefault(code => file.StartsWith(code + "-", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{name} is not named after a rule of {FhirSystems.Rule}.");
        return new Example(path, FhirSystems.Profile(profile), rule, file[(rule.Length + 1)..].Replace('-', ' '));
    }

    private static IEnumerable<string> Names() =>
        Assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal);

    private static ReadOnlyMemory<byte> Read(string name)
    {
        using var stream = Assembly.GetManifestResourceStream(Prefix + name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
