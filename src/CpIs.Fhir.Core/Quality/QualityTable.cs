using System.Globalization;
using System.Text;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Core.Quality;

/// <summary>A report as CSV (RFC 4180): the numbers first, then a row for each thing to look at.</summary>
public static class QualityTable
{
    /// <summary>The first row of an authority's own report.</summary>
    public const string Header = "measure,count,day,plan id,local id,what\r\n";

    /// <summary>The first row of what the operator sees: counts alone.</summary>
    public const string CountsHeader = "authority,measure,count\r\n";

    /// <summary>An authority's own report.</summary>
    public static string Write(QualityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var rows = new StringBuilder(Header);
        foreach (var (code, count, words) in Counts(report))
            Row(code, count, null, null, null, words);
        Row("last-upload", null, report.LastUpload, null, null, "Day of the newest upload");
        Row("stale-since", null, report.StaleSince, null, null, "Out of date since; empty while it is not");
        Row("phones-since", null, report.PhonesSince, null, null, "Name and phones unchanged since");
        foreach (var (rule, records) in report.RefusedByRule())
            Row("refused-by-rule", records, null, null, null, rule);
        foreach (var (day, refused) in report.RefusedByDay())
            Row("refused-by-day", refused, day, null, null, "Records refused by the files that ended on this day");
        foreach (var measure in QualityMeasures.All)
        foreach (var line in report.Of(measure).Lines)
            Row(measure.Code(), null, line.Since, line.PlanId, line.LocalId, line.Text);
        return rows.ToString();

        void Row(string measure, int? count, DateOnly? day, string? plan, string? local, string what) =>
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{measure},{count},{day:yyyy-MM-dd},{DailyFileTable.Quoted(plan)},{DailyFileTable.Quoted(local)},{DailyFileTable.Quoted(what)}\r\n"
            );
    }

    /// <summary>What the operator sees of all authorities.</summary>
    public static string WriteCounts(IEnumerable<QualityReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var rows = new StringBuilder(CountsHeader);
        foreach (var report in reports)
        foreach (var (code, count, _) in Counts(report))
            rows.Append(CultureInfo.InvariantCulture, $"{report.Authority},{code},{count}\r\n");
        return rows.ToString();
    }

    /// <summary>Every number of a report: code, count, and what a person reads.</summary>
    public static IEnumerable<(string Code, int Count, string Words)> Counts(QualityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        yield return ("children", report.Children, "Children held");
        yield return ("plans", report.Plans, "Plans held");
        yield return ("open-plans", report.OpenPlans, "Open plans held");
        yield return ("sent", report.LastFull?.Counts.Total ?? 0, "Records in the last full file of the last 30 days");
        yield return ("refused", report.Files.Sum(file => file.Counts.Refused), "Records refused in the last 30 days");
        foreach (var measure in QualityMeasures.All)
            yield return (measure.Code(), report.Of(measure).Count, measure.Words());
        yield return ("stale", report.StaleSince is null ? 0 : 1, "1 where the register is out of date");
        yield return (
            "phones-old",
            report.PhonesAreOld ? 1 : 0,
            "1 where the phones did not change for 90 days: try them"
        );
    }
}
