using System.Globalization;
using System.Text.Json;

namespace CpIs.Fhir.Cli.Http;

/// <summary>Reads a Parameters resource: the answer of an operation. What is absent is nothing, without exceptions.</summary>
internal static class ParametersReading
{
    /// <summary>The parameters of this name, or the parts of a parameter.</summary>
    public static IEnumerable<JsonElement> AllNamed(this JsonElement element, string name) =>
        element.List("parameter").Concat(element.List("part")).Where(each => each.Text("name") == name);

    /// <summary>The value of the first of this name, whatever its type; an undefined element for none.</summary>
    public static JsonElement Value(this JsonElement element, string name) =>
        element.AllNamed(name).FirstOrDefault() is { ValueKind: JsonValueKind.Object } found
            ? found
                .EnumerateObject()
                .FirstOrDefault(member => member.Name.StartsWith("value", StringComparison.Ordinal))
                .Value
            : default;

    /// <summary>A value that JSON writes as a string, or null.</summary>
    public static string? ValueText(this JsonElement element, string name) =>
        element.Value(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A number, or null.</summary>
    public static long? ValueNumber(this JsonElement element, string name) =>
        element.Value(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number)
            ? number
            : null;

    /// <summary>A truth value; false where there is none.</summary>
    public static bool ValueIsTrue(this JsonElement element, string name) =>
        element.Value(name).ValueKind == JsonValueKind.True;

    /// <summary>An instant, or null.</summary>
    public static DateTimeOffset? ValueTime(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(
            element.ValueText(name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;
}
