using System.Globalization;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>Times of notices, for programs and for people.</summary>
internal static class Instant
{
    /// <summary>UTC to the millisecond, as the exchange writes it.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>As people in England read it; the text itself where it is no time.</summary>
    public static string London(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? LondonCalendar.Read(time)
            : text ?? "";
}
