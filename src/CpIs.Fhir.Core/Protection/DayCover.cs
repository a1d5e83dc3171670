using System.Globalization;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// A range of days as few beginnings of their texts. The text of a day, <c>2026-10-05</c>, is cut to its millennium, century,
/// decade, year, month and day (1, 2, 3, 4, 7 and 10 characters); whatever range there is, at most <see cref="Most"/> of
/// these cover it: 30 days, 11 months, and 9 each of years, decades and centuries at either end, with 8 millennia between.
/// A range that is open to one side, as most are, takes 77 at most.
/// </summary>
internal static class DayCover
{
    /// <summary>Most parts of a cover.</summary>
    public const int Most = 2 * (30 + 11 + 9 + 9 + 9) + 8;

    /// <summary>Lengths of the texts that stand for more than a day.</summary>
    public static readonly IReadOnlyList<int> Lengths = [1, 2, 3, 4, 7];

    /// <summary>The text of a day.</summary>
    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Reads the text of a day.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>The cover, in order; empty where the range is.</summary>
    public static List<string> Of(DateOnly from, DateOnly to)
    {
        var cover = new List<string>();
        // The largest part that begins with the day and does not reach beyond the range; then the day after it.
        for (var day = from; day <= to; )
        {
            var (length, last) = Largest(day, to);
            cover.Add(Text(day)[..length]);
            if (last == DateOnly.MaxValue)
                break;
            day = last.AddDays(1);
        }

        return cover;
    }

    private static (int Length, DateOnly Last) Largest(DateOnly day, DateOnly to)
    {
        if (day.DayOfYear == 1)
            for (var (length, years) = (1, 1000); length <= 4; length++, years /= 10)
            {
                // There is no year 0: the first decade, century and millennium begin with the year 1.
                var begins = day.Year % years == 0 || day.Year == 1;
                var last = new DateOnly(day.Year - day.Year % years + years - 1, 12, 31);
                if (begins && last <= to)
                    return (length, last);
            }

        var month = new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month));
        return day.Day == 1 && month <= to ? (7, month) : (10, day);
    }
}
