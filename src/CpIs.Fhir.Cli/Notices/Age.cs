using System.Globalization;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>How long something has waited, in words that a person reads at a glance.</summary>
internal static class Age
{
    /// <summary>Such as <c>12 min</c>, <c>3 h 05 min</c>, <c>2 d 4 h</c>.</summary>
    public static string Of(TimeSpan age) =>
        age < TimeSpan.FromMinutes(1) ? "under 1 min"
        : age < TimeSpan.FromHours(1) ? Text($"{age.Minutes} min")
        : age < TimeSpan.FromDays(1) ? Text($"{age.Hours} h {age.Minutes:00} min")
        : Text($"{age.Days} d {age.Hours} h");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
