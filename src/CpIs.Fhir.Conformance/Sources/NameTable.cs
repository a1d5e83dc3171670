using System.Text.Json;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>
/// Strings that come again and again (names of elements, codes, systems), so that reading a resource makes few new ones.
/// A fixed number of slots; a newcomer takes the place of whoever was there, so that hostile input cannot make it grow.
/// </summary>
internal sealed class NameTable
{
    private const int Slots = 4_096;
    private const int LongestText = 64;

    private readonly string?[] _strings = new string?[Slots];

    public static NameTable Shared { get; } = new();

    /// <summary>The name or string that the reader stands on; the same object for the same text, as a rule.</summary>
    public string Get(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped || reader.ValueSpan.Length > LongestText ? reader.GetString()! : Get(reader.ValueSpan);

    /// <summary>A string value. Values are mostly personal and unlike each other: only short ones without digits are kept.</summary>
    public string GetValue(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped || reader.ValueSpan.Length > LongestText || !IsCommon(reader.ValueSpan)
            ? reader.GetString()!
            : Get(reader.ValueSpan);

    /// <summary>A number or boolean as written.</summary>
    public string GetLiteral(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length > LongestText
            ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan)
            : Get(reader.ValueSpan);

    private string Get(ReadOnlySpan<byte> text)
    {
        var hash = 2166136261u;
        foreach (var b in text)
            hash = (hash ^ b) * 16777619u;
        ref var slot = ref _strings[hash % Slots];
        var held = slot;
        if (held is not null && System.Text.Ascii.Equals(text, held))
            return held;
        var made = System.Text.Encoding.UTF8.GetString(text);
        slot = made;
        return made;
    }

    /// <summary>URLs of systems and profiles, codes in words: not names of people, dates and numbers.</summary>
    private static bool IsCommon(ReadOnlySpan<byte> text) =>
        text.StartsWith("http"u8) || text.Length < 12 && !IsPersonal(text);

    private static bool IsPersonal(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
            if (b is >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or > 0x7F)
                return true;
        return false;
    }
}
