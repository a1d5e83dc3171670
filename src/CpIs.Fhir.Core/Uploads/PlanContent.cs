using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What an EpisodeOfCare says of a plan, or a Flag repeats of it. Every value has passed the rules.
/// </summary>
/// <param name="PlanId">The authority's plan id.</param>
/// <param name="Type">Which of the three statuses.</param>
/// <param name="Status">Where the plan stands; a Flag says <c>inactive</c> for finished.</param>
/// <param name="Child">Whose plan; for an unborn plan the mother.</param>
/// <param name="Start">First day.</param>
/// <param name="End">Last day, expected date of delivery, or null.</param>
internal sealed record PlanContent(
    string PlanId,
    PlanType Type,
    PlanStatus Status,
    NhsNumber Child,
    PlanDay Start,
    PlanDay? End
);

/// <summary>A date of a plan: the text as the authority sent it, and the day it means in London.</summary>
/// <param name="Text">FHIR date or dateTime; stored and sent out as it came.</param>
/// <param name="Day">The day in London.</param>
internal sealed record PlanDay(string Text, DateOnly Day)
{
    /// <summary>Reads a FHIR date or dateTime; null when it names no day (a month, a year) or a day outside 1900-2199.</summary>
    public static PlanDay? Parse(string text)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        DateOnly day;
        if (
            text.Length > 10
            && DateTimeOffset.TryParse(text, culture, out var instant)
            && instant.Year is > 1800 and < 2300
        )
            day = LondonCalendar.DayOf(instant);
        else if (
            !DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, System.Globalization.DateTimeStyles.None, out day)
        )
            return null;
        return day.Year is >= 1900 and < 2200 ? new PlanDay(text, day) : null;
    }
}
