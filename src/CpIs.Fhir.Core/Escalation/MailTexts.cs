using System.Globalization;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// What e-mail says: numbers, and the name of a system. No child, no setting, no reference; and no person, but who of the authority's own
/// people sent a form.
/// </summary>
public static class MailTexts
{
    private const int MostForms = 5;

    /// <summary>Subject of a reminder.</summary>
    public static string ReminderSubject(long count) => $"CP-IS: {Notices(count, "new ")}";

    /// <summary>A reminder that nobody has been told of something.</summary>
    /// <param name="count">How many notices, at least 1.</param>
    /// <param name="age">How long the oldest has waited.</param>
    public static string Reminder(long count, TimeSpan age) =>
        $"{Notices(count, "new ")}, oldest {Read(age)}. Sign in to your work-list. This message holds no names.";

    /// <summary>Subject of a summary.</summary>
    public const string SummarySubject = "CP-IS: notices of yesterday";

    /// <summary>What became of the notices of yesterday.</summary>
    /// <param name="counts">How many.</param>
    /// <param name="system">The authority's place of action: host of a webhook, its inbox or its mailbox; null for none.</param>
    public static string Summary(DayCounts counts, string? system)
    {
        var shown = system ?? "your work-list";
        if (counts.Notices == 0)
            return $"Yesterday no notices. If {shown} shows any, tell us.";
        var delivered = system is null ? "delivered" : $"delivered to {system}";
        return $"Yesterday {Notices(counts.Notices, "")}: {counts.Delivered} {delivered}, {counts.Taken} taken by a person, "
            + $"{counts.Waiting} waiting. If {shown} shows fewer, tell us.";
    }

    /// <summary>What a summary adds where the authority's own register is out of date.</summary>
    /// <param name="since">The London day since which nothing was uploaded.</param>
    public static string StaleRegister(DateOnly since) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $" Your register here is out of date: nothing was uploaded since {since:d MMMM yyyy}. Every look-up says so. Ask who runs your uploads."
        );

    /// <summary>What a summary adds where the case system said otherwise than a form; empty where it did not.</summary>
    /// <param name="overridden">The forms, one for each record.</param>
    public static string OverriddenForms(IReadOnlyList<OverriddenForm> overridden)
    {
        var groups = overridden
            .OrderBy(form => form.Sent)
            .GroupBy(form => form.Told, StringComparer.Ordinal)
            .Select(group => $" {(group.Count() == 1 ? "1 record was" : $"{group.Count()} records were")} {group.Key}.")
            .ToList();
        if (groups.Count == 0)
            return "";
        var more = groups.Count > MostForms ? $" And {groups.Count - MostForms} more such changes." : "";
        return string.Concat(groups.Take(MostForms)) + more + " Your work-list shows which.";
    }

    private static string Notices(long count, string kind) => count == 1 ? $"1 {kind}notice" : $"{count} {kind}notices";

    private static string Read(TimeSpan age) =>
        age.TotalMinutes < 120 ? Of((long)age.TotalMinutes, "minute")
        : age.TotalHours < 48 ? Of((long)age.TotalHours, "hour")
        : Of((long)age.TotalDays, "day");

    private static string Of(long count, string unit) => count == 1 ? $"1 {unit}" : $"{count} {unit}s";
}
