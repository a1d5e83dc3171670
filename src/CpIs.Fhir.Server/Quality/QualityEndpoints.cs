using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Quality;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.DailyFiles;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Quality;

/// <summary>
/// <c>$quality</c>: the data quality of an authority's register as of the last night, as MeasureReport (numbers) or as CSV (numbers, and what they are
/// about). The operator gets the numbers of all authorities.
/// </summary>
internal static class QualityEndpoints
{
    private const string Path = "/$quality";

    private static readonly ParameterTable Table = new(
        "parameter of $quality",
        [new("date", ParameterKind.Date) { IsOnce = true }]
    );

    // The answer is what Accept asks for, also CSV, so the endpoint looks at it.
    private static readonly Admits Readers = Admits.Only(
        Guest.Authority("system/EpisodeOfCare.s"),
        Guest.Operator("system/Organization.s")
    ) with
    {
        IsFhir = false,
    };

    public static void MapQuality(this IEndpointRouteBuilder fhir) => fhir.MapGet(Path, ReadAsync).Admit(Readers);

    private static async Task<IResult> ReadAsync(
        HttpContext context,
        QualityReports reports,
        RecordedReads reads,
        TimeProvider time
    )
    {
        var sent = SearchInput.FromUrl(context);
        if (
            AnswerForms.Of(context.Request).IsRefused(out var refusal, out var form)
            || ParameterReader.Read(Table, sent).IsRefused(out refusal, out var asked)
        )
            return FhirResults.Refused(refusal);
        var isCsv = form == AnswerForm.Csv;
        var now = time.GetUtcNow();
        var today = LondonCalendar.DayOf(now);
        var day = asked.Of("date").FirstOrDefault()?.Value.Date?.FirstDay;
        var caller = context.Caller();
        if (caller.Kind == CallerKind.Operator)
        {
            var all = await ReadAllAsync(reports, day, today, context.RequestAborted);
            return isCsv ? Csv(QualityTable.WriteCounts(all)) : FhirResults.Resource(MeasureReportWriter.Write(all));
        }

        var report = day is { } wanted
            ? await reports.ReadAsync(caller.Organisation, wanted, context.RequestAborted)
            : await reports.ReadNewestAsync(caller.Organisation, today, context.RequestAborted);
        if (report is null)
            // Before its first night an authority has none; of another day there may be none.
            return day is not null ? FhirResults.Refused(Refusal.Unknown("A data-quality report of this day"))
                : isCsv ? Csv(QualityTable.Header)
                : FhirResults.Resource(MeasureReportWriter.Pending(caller.Organisation, today, now));
        await reads.RecordAsync(ReadViews.Of(context, Path[1..], sent, []), context.RequestAborted);
        return isCsv ? Csv(QualityTable.Write(report)) : FhirResults.Resource(MeasureReportWriter.Write(report));
    }

    /// <summary>Of the day that was asked for; without one, of today or, before today's are made, of yesterday.</summary>
    private static async Task<IReadOnlyList<QualityReport>> ReadAllAsync(
        QualityReports reports,
        DateOnly? day,
        DateOnly today,
        CancellationToken cancellation
    ) =>
        await reports.ReadAllAsync(day ?? today, cancellation) is { Count: > 0 } made ? made
        : day is null ? await reports.ReadAllAsync(today.AddDays(-1), cancellation)
        : [];

    // A spreadsheet takes UTF-8 for UTF-8 only with the mark before it.
    private static IResult Csv(string table) =>
        Results.Bytes([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(table)], "text/csv; charset=utf-8; header=present");
}
