using System.Globalization;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// A date of a search with its prefix. A value without a time zone is told in London; a partial date covers all its days.
/// </summary>
/// <param name="Prefix">eq, gt, lt, ge, le, sa or eb.</param>
/// <param name="First">First day covered.</param>
/// <param name="Last">Last day covered.</param>
/// <param name="From">First instant covered.</param>
/// <param name="Until">First instant no more covered.</param>
internal sealed record SearchDate(
    string Prefix,
    DateOnly First,
    DateOnly Last,
    DateTimeOffset From,
    DateTimeOffset Until
)
{
    private static readonly string[] Prefixes = ["eq", "gt", "lt", "ge", "le", "sa", "eb"];

    /// <summary>What the value must look like, for a refusal.</summary>
    public const string Form =
        "a year, month, day or time with zone (2026, 2026-11, 2026-11-23, 2026-11-23T09:30:00Z), after eq, ge, le, gt, lt, sa or eb";

    /// <summary>Null when it is no such value.</summary>
    public static SearchDate? Parse(string value)
    {
        var (prefix, text) =
            value.Length > 2 && char.IsAsciiLetter(value[0]) ? (value[..2], value[2..]) : ("eq", value);
        if (!Prefixes.Contains(prefix))
            return null;
        if (text.Contains('T', StringComparison.Ordinal))
            return Instant(prefix, text);
        if (Day(text) is not var (first, last))
            return null;
        return new SearchDate(
            prefix,
            first,
            last,
            LondonCalendar.StartOf(first),
            LondonCalendar.StartOf(last.AddDays(1))
        );
    }

    /// <summary>The instants that the value asks for, to the millisecond, bounds included; null is open.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) Bounds()
    {
        var tick = TimeSpan.FromMilliseconds(1);
        return Prefix switch
        {
            "ge" => (From, null),
            "gt" or "sa" => (Until, null),
            "le" => (null, Until - tick),
            "lt" or "eb" => (null, From - tick),
            _ => (From, Until - tick),
        };
    }

    private static SearchDate? Instant(string prefix, string text)
    {
        // A plus that came unescaped in a URL is a space by now.
        text = text.Replace(' ', '+');
        string[] formats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        var zoned = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal);
        if (
            !zoned
            || !DateTimeOffset.TryParseExact(
                text,
                formats,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var from
            )
            || from.Year is < 1800 or > 9_000
        )
            return null;
        var covered =
            text.Contains('.', StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(1)
            : text.Count(c => c == ':') - (text.EndsWith('Z') ? 0 : 1) == 1 ? TimeSpan.FromMinutes(1)
            : TimeSpan.FromSeconds(1);
        var day = LondonCalendar.DayOf(from);
        return new SearchDate(prefix, day, day, from.ToUniversalTime(), from.ToUniversalTime() + covered);
    }

    private static (DateOnly First, DateOnly Last)? Day(string text)
    {
        var padded = text.Length switch
        {
            4 => text + "-01-01",
            7 => text + "-01",
            10 => text,
            _ => "",
        };
        if (
            !DateOnly.TryParseExact(
                padded,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var first
            ) || first.Year is < 1800 or > 9_000
        )
            return null;
        var last = text.Length switch
        {
            4 => first.AddYears(1).AddDays(-1),
            7 => first.AddMonths(1).AddDays(-1),
            _ => first,
        };
        return (first, last);
    }
}
