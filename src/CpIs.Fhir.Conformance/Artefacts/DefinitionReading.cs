using System.Text.Json;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>Reading of definitions that are known to be well formed.</summary>
public static class DefinitionReading
{
    /// <summary>A text; null when it is absent.</summary>
    public static string? Text(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A number; null when it is absent.</summary>
    public static int? Number(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    /// <summary>A boolean; false when it is absent.</summary>
    public static bool IsTrue(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The members of an array; none when it is absent.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>The texts of an array; none when it is absent.</summary>
    public static IEnumerable<string> Texts(this JsonElement of, string name) =>
        of.Items(name).Select(item => item.GetString()!);

    /// <summary>The extensions of one URL.</summary>
    public static IEnumerable<JsonElement> ExtensionsOf(this JsonElement of, string url) =>
        of.Items("extension").Concat(of.Items("modifierExtension")).Where(extension => extension.Text("url") == url);
}
