using System.Globalization;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// A date of a search as the range of time that it covers, and how a result must compare with it. A value without a time
/// zone is in London time; a partial date covers all its days. What a prefix means is R4's
/// (<c>search.html#prefix</c>): <c>eq</c> holds when the value's range contains the range of the result, <c>gt</c> when
/// the range above the value meets that of the result, <c>ge</c> also when the two overlap; <c>ap</c> when they overlap.
/// </summary>
/// <param name="Prefix">eq, ne, gt, lt, ge, le, sa, eb or ap.</param>
/// <param name="From">First instant covered, in UTC.</param>
/// <param name="Until">First instant after it, in UTC.</param>
public sealed record SearchDate(string Prefix, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>What the value must look like, for a refusal.</summary>
    public const string Form =
        "a year, month, day or time with zone (2026, 2026-11, 2026-11-23, 2026-11-23T09:30:00Z), with or without one of the prefixes eq, ne, gt, lt, ge, le, sa, eb, ap";

    private static readonly string[] Prefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>The first day in London that begins within the value or after it.</summary>
    public DateOnly FirstWholeDay => DayFrom(From);

    /// <summary>The day in London of the first instant.</summary>
    public DateOnly FirstDay => LondonCalendar.DayOf(From);

    /// <summary>The day in London of the last instant.</summary>
    public DateOnly LastDay => LondonCalendar.DayOf(Until - Tick);

    /// <summary>The day in London that is the first to reach beyond the value.</summary>
    public DateOnly DayBeyond => LondonCalendar.DayOf(Until);

    /// <summary>The first day in London that lies beyond the value as a whole.</summary>
    public DateOnly WholeDayBeyond => DayFrom(Until);

    /// <summary>Null when it is no such value.</summary>
    public static SearchDate? Parse(string value)
    {
        var (prefix, text) =
            value.Length > 2 && char.IsAsciiLetter(value[0]) ? (value[..2], value[2..]) : ("eq", value);
        if (!Prefixes.Contains(prefix))
            return null;
        return (text.Contains('T', StringComparison.Ordinal) ? Instants(text) : Days(text)) is var (from, until)
            ? new SearchDate(prefix, from.ToUniversalTime(), until.ToUniversalTime())
            : null;
    }

    /// <summary>The instants, to the millisecond, that meet the value.</summary>
    public TimeRange Instants() =>
        Prefix switch
        {
            "ge" => new TimeRange(From, null),
            "gt" or "sa" => new TimeRange(Until, null),
            "le" => new TimeRange(null, Until - Tick),
            "lt" or "eb" => new TimeRange(null, From - Tick),
            "ne" => new TimeRange(From, Until - Tick, IsOutside: true),
            _ => new TimeRange(From, Until - Tick),
        };

    private static DateOnly DayFrom(DateTimeOffset instant)
    {
        var day = LondonCalendar.DayOf(instant);
        return LondonCalendar.StartOf(day) == instant ? day : day.AddDays(1);
    }

    private static (DateTimeOffset From, DateTimeOffset Until)? Instants(string text)
    {
        // A plus that is not escaped in a URL arrives as a blank.
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
            text.Contains('.', StringComparison.Ordinal) ? Tick
            : text.Count(c => c == ':') - (text.EndsWith('Z') ? 0 : 1) == 1 ? TimeSpan.FromMinutes(1)
            : TimeSpan.FromSeconds(1);
        return (from, from + covered);
    }

    private static (DateTimeOffset From, DateTimeOffset Until)? Days(string text)
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
        var next = text.Length switch
        {
            4 => first.AddYears(1),
            7 => first.AddMonths(1),
            _ => first.AddDays(1),
        };
        return (LondonCalendar.StartOf(first), LondonCalendar.StartOf(next));
    }
}
