using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// How the primitive types are written (R4, datatypes.html#primitive), by their regular expressions and by what the text says besides:
/// days that exist, no control characters, no blank strings. Linear in the length of the value.
/// </summary>
internal static partial class PrimitiveFormats
{
    private const int LongestString = 1_024 * 1_024;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly SearchValues<char> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    );

    /// <summary>How JSON writes the type.</summary>
    public static FhirValueForm FormOf(string type) =>
        type switch
        {
            "boolean" => FhirValueForm.Boolean,
            "integer" or "positiveInt" or "unsignedInt" or "decimal" => FhirValueForm.Number,
            _ => FhirValueForm.Text,
        };

    /// <summary>Whether a value is written as its type demands. A type that is not known is taken as a string.</summary>
    public static bool IsRight(string type, string value) =>
        type switch
        {
            "boolean" => value is "true" or "false",
            "integer" => Integer().IsMatch(value) && IsInt32(value),
            "unsignedInt" => Unsigned().IsMatch(value) && IsInt32(value),
            "positiveInt" => Positive().IsMatch(value) && IsInt32(value),
            "decimal" => Decimal().IsMatch(value),
            "code" => IsCode(value),
            "id" => IsId(value),
            "uri" or "url" => IsUri(value),
            "canonical" => IsUri(value) && (value[0] == '#' || value.Contains(':', StringComparison.Ordinal)),
            "oid" => Oid().IsMatch(value),
            "uuid" => Uuid().IsMatch(value),
            "date" => value.Length <= 10 && IsDate(value),
            "dateTime" => IsDateTime(value),
            "instant" => value.Length > 10 && IsDateTime(value),
            "time" => IsTime(value),
            "base64Binary" => IsBase64(value),
            _ => IsText(value),
        };

    /// <summary>What a right value looks like, for a message.</summary>
    public static string Describe(string type) =>
        type switch
        {
            "boolean" => "true or false",
            "integer" => "a whole number of 32 bits, such as -3",
            "unsignedInt" => "a whole number from 0 to 2147483647",
            "positiveInt" => "a whole number from 1 to 2147483647",
            "decimal" => "a decimal number, such as 1.50",
            "code" => "a code: no white space at its ends, and single spaces inside",
            "id" => "an id: 1 to 64 letters, digits, hyphens and dots",
            "uri" or "url" => "a URI without white space; an OID begins with urn:oid:, a UUID with urn:uuid:",
            "canonical" => "an absolute URL, or # and the id of a contained resource",
            "oid" => "an OID as URI, such as urn:oid:1.2.3",
            "uuid" => "a UUID as URI in lower case, such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
            "date" => "a date: YYYY, YYYY-MM or YYYY-MM-DD, of a day that exists",
            "dateTime" => "a date, or a date and time with seconds and time zone, such as 2026-11-02T09:30:00Z",
            "instant" => "a date and time with seconds and time zone, such as 2026-11-02T09:30:00.000Z",
            "time" => "a time with seconds, such as 09:30:00",
            "base64Binary" => "base64",
            _ => "a text that is not blank, without control characters other than tab and line breaks",
        };

    private static bool IsInt32(string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static bool IsText(string value)
    {
        if (value.Length is 0 or > LongestString)
            return false;
        var something = false;
        foreach (var c in value)
        {
            if (c < ' ' && c is not ('\t' or '\r' or '\n'))
                return false;
            something |= !char.IsWhiteSpace(c);
        }

        return something;
    }

    private static bool IsCode(string value)
    {
        if (value.Length == 0 || value[0] == ' ' || value[^1] == ' ')
            return false;
        for (var at = 0; at < value.Length; at++)
            if (char.IsWhiteSpace(value[at]) && (value[at] != ' ' || value[at - 1] == ' ') || value[at] < ' ')
                return false;
        return true;
    }

    private static bool IsId(string value)
    {
        if (value.Length is 0 or > 64)
            return false;
        foreach (var c in value)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
                return false;
        return true;
    }

    private static bool IsUri(string value)
    {
        foreach (var c in value)
            if (char.IsWhiteSpace(c) || c < ' ')
                return false;
        return value.Length > 0
            && !value.StartsWith("oid:", StringComparison.Ordinal)
            && !value.StartsWith("uuid:", StringComparison.Ordinal);
    }

    private static bool IsDate(string value)
    {
        if (
            value.Length is not (4 or 7 or 10)
            || !AreDigits(value, 0, 4)
            || value.StartsWith("0000", StringComparison.Ordinal)
        )
            return false;
        if (value.Length == 4)
            return true;
        if (value[4] != '-' || !AreDigits(value, 5, 2) || Number(value, 5) is not (>= 1 and <= 12))
            return false;
        return value.Length == 7
            || value[7] == '-'
                && AreDigits(value, 8, 2)
                && Number(value, 8) is >= 1 and var day
                && day
                    <= DateTime.DaysInMonth(
                        int.Parse(value.AsSpan(0, 4), CultureInfo.InvariantCulture),
                        Number(value, 5)
                    );
    }

    private static bool IsDateTime(string value) =>
        value.Length <= 10
            ? IsDate(value)
            : value[10] == 'T'
                && IsDate(value[..10])
                && ZoneAt(value) is > 11 and var zone
                && IsTime(value[11..zone])
                && IsZone(value[zone..]);

    private static int ZoneAt(string value) =>
        value.AsSpan(11).IndexOfAny('Z', '+', '-') is >= 0 and var at ? at + 11 : -1;

    private static bool IsZone(string zone) =>
        zone == "Z"
        || zone.Length == 6
            && zone[3] == ':'
            && AreDigits(zone, 1, 2)
            && AreDigits(zone, 4, 2)
            && (Number(zone, 1) < 14 && Number(zone, 4) < 60 || zone.EndsWith("14:00", StringComparison.Ordinal));

    /// <summary>hh:mm:ss, perhaps with a fraction; a leap second is allowed.</summary>
    private static bool IsTime(string value) =>
        value.Length >= 8
        && AreDigits(value, 0, 2)
        && value[2] == ':'
        && AreDigits(value, 3, 2)
        && value[5] == ':'
        && AreDigits(value, 6, 2)
        && Number(value, 0) < 24
        && Number(value, 3) < 60
        && Number(value, 6) <= 60
        && (value.Length == 8 || value.Length > 9 && value[8] == '.' && AreDigits(value, 9, value.Length - 9));

    private static bool IsBase64(string value)
    {
        int count = 0,
            padding = 0;
        foreach (var c in value)
            if (!char.IsWhiteSpace(c))
            {
                if (!Base64.Contains(c) || padding > 0 && c != '=')
                    return false;
                padding += c == '=' ? 1 : 0;
                count++;
            }

        return count > 0 && count % 4 == 0 && padding <= 2;
    }

    private static bool AreDigits(string value, int start, int length)
    {
        for (var at = start; at < start + length; at++)
            if (!char.IsAsciiDigit(value[at]))
                return false;
        return true;
    }

    private static int Number(string value, int start) => (value[start] - '0') * 10 + (value[start + 1] - '0');

    [GeneratedRegex(@"^(0|[-+]?[1-9][0-9]*)\z", Options)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^(0|[1-9][0-9]*)\z", Options)]
    private static partial Regex Unsigned();

    [GeneratedRegex(@"^[+]?[1-9][0-9]*\z", Options)]
    private static partial Regex Positive();

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", Options)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^urn:oid:[0-2](\.(0|[1-9][0-9]*))+\z", Options)]
    private static partial Regex Oid();

    [GeneratedRegex(@"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z", Options)]
    private static partial Regex Uuid();
}
