using CpIs.Fhir.Cli.Output;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>Shows an acknowledgement: the verdict, then what is to be mended, then what is to be looked at.</summary>
internal static class AcknowledgementView
{
    private const int MostRows = 200;

    public static void Show(Report report, string file, Acknowledgement acknowledgement)
    {
        foreach (var line in acknowledgement.ToJson(file))
            report.Object(line);
        report.Headline(acknowledgement.Verdict, acknowledgement.Refused == 0 ? Tone.Calm : Tone.Alarm);
        report.Line(
            $"{file}, number {acknowledgement.Sequence}, made {acknowledgement.Made}. {acknowledgement.Counts}.{(acknowledgement.IsDryRun ? " This was a dry run: nothing was stored." : "")}"
        );
        Table(report, "To mend (refused):", acknowledgement.Faults("error"));
        Table(report, "To look at (taken):", acknowledgement.Faults("warning"));
        Table(report, "Older than what is held:", acknowledgement.Faults("information"));
    }

    private static void Table(Report report, string caption, IEnumerable<IReadOnlyList<string>> faults)
    {
        var rows = faults.ToList();
        if (rows.Count == 0)
            return;
        report.Line();
        report.Line(caption);
        report.Table(["Where", "Plan or person", "Column", "What to do"], [.. rows.Take(MostRows)]);
        if (rows.Count > MostRows)
            report.Line($"and {rows.Count - MostRows} more; --csv FILE writes all");
    }
}
