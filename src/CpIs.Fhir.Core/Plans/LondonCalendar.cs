using System.Globalization;

namespace CpIs.Fhir.Core.Plans;

/// <summary>
/// Days as people in England count them. Every rule about dates is told in London days, so that a plan ends at
/// London's midnight in summer too.
/// </summary>
public static class LondonCalendar
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    /// <summary>The day in London at an instant.</summary>
    public static DateOnly DayOf(DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, London).DateTime);

    /// <summary>The time of the day in London at an instant.</summary>
    public static TimeOnly TimeOf(DateTimeOffset instant) =>
        TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, London).DateTime);

    /// <summary>
    /// An instant as people in England read it, such as <c>2026-07-01 00:30 BST</c> (in winter <c>GMT</c>): in October's repeated
    /// hour only the letters tell which of the two it was.
    /// </summary>
    public static string Read(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, London);
        return local.ToString("yyyy-MM-dd HH:mm ", CultureInfo.InvariantCulture)
            + (local.Offset == TimeSpan.Zero ? "GMT" : "BST");
    }

    /// <summary>The instant of a time on London's clocks; in October's repeated hour the later one.</summary>
    public static DateTimeOffset InstantOf(DateTime local) =>
        new DateTimeOffset(
            local,
            London.IsAmbiguousTime(local) ? TimeSpan.Zero : London.GetUtcOffset(local)
        ).ToUniversalTime();

    /// <summary>The instant at which a day begins in London.</summary>
    public static DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        return new DateTimeOffset(midnight, London.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
