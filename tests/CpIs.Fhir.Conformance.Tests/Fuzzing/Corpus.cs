using System.Text.Json.Nodes;

namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>What mutations start from: our examples, good and bad, and the published ones that are small.</summary>
internal static class Corpus
{
    private const int Largest = 20_000;

    public static IReadOnlyList<JsonNode> Resources { get; } =
    [
        .. Folders()
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Where(file => new FileInfo(file).Length is > 0 and < Largest)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!),
    ];

    private static IEnumerable<string> Folders()
    {
        yield return Files.Examples;
        yield return Path.Combine(Files.Root, "examples", "bad");
        if (Files.PublishedExamples is { } published)
            yield return published;
    }
}
