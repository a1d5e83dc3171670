using System.Text.Json;

namespace CpIs.Fhir.Cli.Http;

/// <summary>
/// Reads JSON that may lack anything, without exceptions for what is absent: FHIR's model classes would cost this tool
/// most of its start-up time.
/// </summary>
internal static class JsonReading
{
    /// <summary>A member, or an undefined element.</summary>
    public static JsonElement At(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A member that is a string, or null.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The items of a member that is an array; none otherwise.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];
}
