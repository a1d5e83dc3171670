using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Tests.Generated;

namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>What mutations start from: our examples, good and bad, and generated resources, those that are small.</summary>
internal static class Corpus
{
    private const int Largest = 20_000;

    public static IReadOnlyList<JsonNode> Resources { get; } =
    [
        .. new[] { Files.Examples, Path.Combine(Files.Root, "examples", "bad") }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText)
            .Concat(GeneratedResource.All.Select(generated => generated.Json))
            .Where(json => json.Length < Largest)
            .Select(json => JsonNode.Parse(json)!),
    ];
}
