using System.Globalization;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>A date of a plan: the text as the authority sent it, and the day it means in London.</summary>
/// <param name="Text">FHIR date or dateTime; stored and sent out as it came.</param>
/// <param name="Day">The day in London.</param>
internal sealed record PlanDay(string Text, DateOnly Day)
{
    /// <summary>Reads a FHIR date or dateTime; null when it names no day (a month, a year) or a day outside 1900-2199.</summary>
    public static PlanDay? Parse(string text)
    {
        var culture = CultureInfo.InvariantCulture;
        DateOnly day;
        if (
            text.Length > 10
            && DateTimeOffset.TryParse(text, culture, out var instant)
            && instant.Year is > 1800 and < 2300
        )
            day = LondonCalendar.DayOf(instant);
        else if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out day))
            return null;
        return day.Year is >= 1900 and < 2200 ? new PlanDay(text, day) : null;
    }
}
