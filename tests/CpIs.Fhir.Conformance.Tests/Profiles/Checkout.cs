using System.Text.Json;

namespace CpIs.Fhir.Conformance.Tests.Profiles;

/// <summary>The profiles and the examples as they are in this checkout.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string Profiles { get; } = Path.Combine(Root, "profiles");

    public static string Examples { get; } = Path.Combine(Root, "examples", "resources");

    public static string BadExamples { get; } = Path.Combine(Root, "examples", "bad");

    /// <summary>The built definitions of one type, or of all, by file name.</summary>
    public static IEnumerable<JsonElement> Built(string type = "*") =>
        Directory
            .EnumerateFiles(Path.Combine(Profiles, "built"), $"{type}-*.json")
            .Order(StringComparer.Ordinal)
            .Select(Read);

    public static JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CpIs.Fhir.sln")))
            folder =
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No solution above the tests.");
        return folder;
    }
}
