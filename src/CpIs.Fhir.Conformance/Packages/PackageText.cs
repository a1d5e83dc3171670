using System.Text.Json;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>Makes a package of the texts that are in it, wherever they are from.</summary>
internal sealed class PackageText(string name, bool withExamples)
{
    private readonly SortedDictionary<string, PackageResource> _resources = new(StringComparer.Ordinal);
    private PackageManifest? _manifest;

    public static Refusal Refuse(string package, string? entry, string problem) =>
        Refusal.Because(
            RefusalKind.Malformed,
            new Issue(
                "invalid",
                entry is null
                    ? $"Package {package} cannot be read: {problem}."
                    : $"Package {package} cannot be read: {problem} in {entry}.",
                Rule: "cpis-package"
            )
        );

    /// <summary>Whether an entry is one that is read; its path is below <c>package/</c>.</summary>
    public bool Wants(string path) =>
        path.EndsWith(".json", StringComparison.Ordinal)
        && !path.EndsWith(".index.json", StringComparison.Ordinal)
        && (!path.Contains('/', StringComparison.Ordinal) || withExamples && IsExample(path));

    /// <summary>Takes an entry; null when it was well.</summary>
    public Refusal? Take(string path, ReadOnlyMemory<byte> text)
    {
        if (path == "package.json")
        {
            _manifest = ManifestJson.Read(text, out var problem);
            return problem is null ? null : Refuse(name, path, problem);
        }

        var json = text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
        try
        {
            var head = DefinitionHead.Read(json.Span, toTheEnd: true);
            if (head.ResourceType is { } type)
                _resources[path] = new PackageResource(path, type, head.Id, head.Url, head.Version, json);
            return null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return Refuse(name, path, $"broken JSON ({malformed.Message.TrimEnd('.')})");
        }
    }

    public Result<FhirPackage> Finish() =>
        _manifest is null
            ? Refuse(name, null, "it has no package/package.json, so it is not a FHIR package")
            : new FhirPackage(_manifest, [.. _resources.Values]);

    private static bool IsExample(string path) =>
        path.StartsWith("example/", StringComparison.Ordinal) || path.StartsWith("examples/", StringComparison.Ordinal);
}
