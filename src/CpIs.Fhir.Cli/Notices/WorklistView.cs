using System.Globalization;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>Shows work-lists to people, or as objects.</summary>
/// <param name="report">Where to.</param>
/// <param name="isOperator">True where the lines are authorities and no children.</param>
/// <param name="isUntoldOnly">True where only what nobody was told of is asked for.</param>
internal sealed class WorklistView(Report report, bool isOperator, bool isUntoldOnly)
{
    /// <summary>The lines, and what is left out.</summary>
    /// <param name="read">The list.</param>
    /// <param name="since">As it was typed, or null.</param>
    public void Show(WorklistRead read, string? since)
    {
        Lines(read.Lines);
        if (read.Lines.Count == 0)
            report.Line(Nothing(read, since));
        if (read.Lines.Count == 0 && isUntoldOnly && !isOperator)
            report.Note("What was told and nobody has taken: cpis worklist --state told");
        else if (read.HasMore)
            report.Note(Text($"Shown: {read.Lines.Count:N0}, the oldest. For more: --limit N, or --all."));
        if (read.Lines.Count > 0 && read.Untold > 0)
            report.Note(Text($"Untold in all: {Count(read.Untold)}{OldestOf(read)}."));
        Changed(read.Changed);
        if (!isOperator && read.Places.Count == 0)
            report.Note("No Subscription is your place of action: nobody is told unless somebody reads this list.");
        foreach (var place in read.Places)
            report.Note(place);
    }

    /// <summary>Records of which the case system said otherwise than a form.</summary>
    public void Changed(IReadOnlyList<ChangedByForm> changed)
    {
        foreach (var record in changed)
            report.Object(record.ToJson());
        if (changed.Count > 0)
            RowTable.ShowChildren(report, ChangedByForm.Headings, changed);
    }

    /// <summary>Lines alone.</summary>
    public void Lines(IReadOnlyList<IWaiting> lines)
    {
        foreach (var line in lines)
            report.Object(line.ToJson());
        if (lines.Count == 0)
            return;
        if (isOperator)
            RowTable.Show(report, WaitingAuthority.Headings, lines);
        else
            RowTable.ShowChildren(report, WaitingAttendance.Headings, lines);
    }

    /// <summary>What an empty list means.</summary>
    public string Nothing(WorklistRead read, string? since) =>
        !isUntoldOnly && !isOperator ? $"(none {(since is null ? "in the last 30 days" : $"since {since}")})"
        : read.Untold == 0 ? $"Nobody waits to be told. As of {LondonCalendar.Read(read.AsOf)}."
        : Text(
            $"Nobody waits to be told of a look-up since {since}. Of earlier ones: {Count(read.Untold)}{OldestOf(read)}."
        );

    private static string OldestOf(WorklistRead read) =>
        read.OldestUntold is { } oldest
            ? $", the oldest for {Age.Of(read.AsOf - oldest)} (since {LondonCalendar.Read(oldest)})"
            : "";

    private static string Count(long notices) => Text($"{notices:N0} {(notices == 1 ? "notice" : "notices")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
