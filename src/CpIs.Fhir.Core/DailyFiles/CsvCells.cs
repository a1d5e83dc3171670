using System.Globalization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>Reads what a spreadsheet makes of numbers and days. A fault is the end of a sentence that begins with the column; it repeats nothing personal.</summary>
internal static class CsvCells
{
    private const string Forms = "Write it as 23/04/2019 (day first) or 2019-04-23.";

    /// <summary>The digits of an NHS number without what people put between them; the text as it is where there is more in it.</summary>
    public static string Number(string text)
    {
        if (text.Length == 0 || text.All(char.IsAsciiDigit))
            return text;
        var digits = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '-'));
        return digits.All(char.IsAsciiDigit) ? digits : text;
    }

    /// <summary>What a spreadsheet did to an NHS number; null for nothing that can be seen.</summary>
    public static string? NumberFault(string number) =>
        AsPower(number) is { } power ? $"The NHS number {power}"
        : number.Length is > 0 and < 10 && number.All(char.IsAsciiDigit)
            ? $"The NHS number has {number.Length} digits, and ten are needed. A spreadsheet drops zeros at the beginning: format the column as text, and write the number again."
        : null;

    /// <summary>A long number that a spreadsheet shortened to a power of ten: 9.99E+09.</summary>
    public static string? AsPower(string text)
    {
        var at = text.IndexOf("E+", StringComparison.OrdinalIgnoreCase);
        return
            at > 0
            && at + 2 < text.Length
            && text.Take(at).All(c => char.IsAsciiDigit(c) || c is '.' or ',')
            && text.Skip(at + 2).All(char.IsAsciiDigit)
            ? $"was shortened by a spreadsheet to {text}, and its last digits are lost. Format the column as text, and write the number again."
            : null;
    }

    /// <summary>A day, or what is wrong.</summary>
    public static DateOnly? Day(string text, out string? fault)
    {
        fault = null;
        var day = WithoutMidnight(text);
        var parts = day.Split('/', '-', '.');
        if (parts.Any(part => part.Length == 0 || !part.All(char.IsAsciiDigit)))
            fault = $"is not a day. {Forms}";
        else if (parts.Length == 1)
        {
            if (parts[0].Length == 8)
                return Make(parts[0][..4], parts[0][4..6], parts[0][6..], out fault);
            fault =
                parts[0].Length == 5
                    ? $"is a day as a spreadsheet counts it (days since 1900). Format the column as a date. {Forms}"
                    : $"is not a day. {Forms}";
        }
        else if (parts.Length != 3)
            fault = $"is not a day. {Forms}";
        else if (parts[0].Length == 4)
            return Make(parts[0], parts[1], parts[2], out fault);
        else if (parts[2].Length == 4)
            return Make(parts[2], parts[1], parts[0], out fault);
        else
            fault = $"has a year of {parts[2].Length} digits. Write the year with four. {Forms}";
        return null;
    }

    private static DateOnly? Make(string year, string month, string day, out string? fault)
    {
        var (y, m, d) = (Int(year), Int(month), Int(day));
        fault =
            m is < 1 or > 12 ? $"has no month from 1 to 12 in its middle. The day comes first, then the month. {Forms}"
            : y < 1 || d < 1 || d > DateTime.DaysInMonth(y, m) ? $"is a day that is not in the calendar. {Forms}"
            : null;
        return fault is null ? new DateOnly(y, m, d) : null;
    }

    private static int Int(string digits) =>
        digits.Length <= 4 ? int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    /// <summary>A database writes a day with the time 00:00; any other time stays, and is a fault.</summary>
    private static string WithoutMidnight(string text)
    {
        var at = text.AsSpan().IndexOfAny(' ', 'T');
        return at > 0 && text.AsSpan(at + 1).IndexOfAnyExcept("0:.") < 0 ? text[..at] : text;
    }
}
