using System.Reflection;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>The profiles of this exchange as they are published (<c>profiles/built</c>), from this assembly.</summary>
public static class OwnDefinitions
{
    private const string Prefix = "profiles/";

    private static Assembly Assembly => typeof(OwnDefinitions).Assembly;

    /// <summary>Finds what there is; each definition is read when it is asked for.</summary>
    public static DefinitionLayer Load() =>
        new([
            .. Names()
                .Select(name => DefinitionLayer.Entry(Read(name).Span, () => Read(name)))
                .OfType<DefinitionEntry>(),
        ]);

    /// <summary>The versions of the package that were published before this one (profiles/published): instances may still claim them.</summary>
    public static IReadOnlyList<string> EarlierVersions { get; } =
    [
        .. Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "PublishedPackages")
            .Value!.Split(';')
            .Select(file => file[(file.LastIndexOf('-') + 1)..]),
    ];

    /// <summary>All published artefacts in JSON by the names of their files, also those that are no definitions.</summary>
    public static IEnumerable<(string Name, ReadOnlyMemory<byte> Json)> Files() =>
        Names().Select(name => (name, Read(name)));

    /// <summary>The names of their files, sorted.</summary>
    public static IReadOnlyList<string> Names() =>
        [
            .. Assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(name => name[Prefix.Length..])
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>One of them.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static ReadOnlyMemory<byte> Read(string name)
    {
        using var stream =
            Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new ArgumentException($"No artefact is published as {name}.", nameof(name));
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
