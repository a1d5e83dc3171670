using System.Text;

namespace CpIs.Fhir.Core.Reading;

/// <summary>What R4 forbids in a string by the kind of element it is in, and the SDK does not see.</summary>
internal static class JsonStrings
{
    /// <summary>
    /// True for a code, id, uri or reference with white space around it, which R4's patterns forbid. Names of people are
    /// plain strings to R4; the upload rules trim those.
    /// </summary>
    public static bool IsUntrimmed(ReadOnlySpan<byte> property, ReadOnlySpan<byte> value) =>
        (IsSpace(value[0]) || IsSpace(value[^1]))
        && (
            property.SequenceEqual("code"u8)
            || property.SequenceEqual("system"u8)
            || property.SequenceEqual("id"u8)
            || property.SequenceEqual("url"u8)
            || property.SequenceEqual("fullUrl"u8)
            || property.SequenceEqual("reference"u8)
            || property.SequenceEqual("profile"u8)
            || property.SequenceEqual("versionId"u8)
            || property.SequenceEqual("ifMatch"u8)
            || property.SequenceEqual("ifNoneExist"u8)
            || property.SequenceEqual("criteria"u8)
            || property.SequenceEqual("endpoint"u8)
        );

    /// <summary>
    /// True for <c>2024-02-20T10:00</c>, with or without a zone: R4 asks for seconds, the SDK does not. Not asked of the
    /// elements that hold any text.
    /// </summary>
    public static bool LacksSeconds(ReadOnlySpan<byte> property, ReadOnlySpan<byte> value)
    {
        if (value.Length is < 16 or > 22 || value[4] != '-' || value[7] != '-' || value[10] != 'T' || value[13] != ':')
            return false;
        if (
            property.SequenceEqual("value"u8)
            || property.SequenceEqual("text"u8)
            || property.SequenceEqual("display"u8)
        )
            return false;
        foreach (var at in (ReadOnlySpan<int>)[0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15])
            if (!char.IsAsciiDigit((char)value[at]))
                return false;
        return value.Length == 16 || value[16] is (byte)'Z' or (byte)'+' or (byte)'-';
    }

    /// <summary>A property name as a place shows it: letters, digits and <c>_-$</c>, at most 64.</summary>
    public static string Shown(ReadOnlySpan<byte> name)
    {
        var shown = new StringBuilder();
        foreach (var b in name[..Math.Min(name.Length, 64)])
            shown.Append(
                char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'$' ? (char)b : '?'
            );
        return shown.ToString();
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
