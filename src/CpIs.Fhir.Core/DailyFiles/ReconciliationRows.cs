using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>Reads the rows of a reconciliation a slice at a time: what is missing first, so that its numbers are those of the table's rows.</summary>
public sealed class ReconciliationRows(IDailyFileStore files, IRecordStore records, TimeProvider time)
{
    private const int ResultsAtOnce = 1_000;

    private readonly ReconcileStep _report = new(files, records, time);

    /// <summary>How many there are.</summary>
    public static int CountOf(Reconciliation report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Missing + report.NotHeld + report.RefusedHeld + report.Changed;
    }

    /// <summary>All of them.</summary>
    /// <param name="file">A file whose reconciliation is whole.</param>
    /// <param name="cancellation">Ends it between two slices.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async IAsyncEnumerable<ReportRow> ReadAsync(
        DailyFile file,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        var report = file.Reconciliation!;
        foreach (var slice in report.MissingSlices)
        foreach (
            var plan in DailyFileJson.ReadMissing(
                (await _report.ReadAsync(file, slice, cancellation).ConfigureAwait(false)).Span
            )
        )
            yield return new ReportRow(ReportList.Missing, plan.PlanId) { Missing = plan };
        foreach (var slice in report.RefusedSlices)
        foreach (
            var plan in DailyFileJson.ReadRefused(
                (await _report.ReadAsync(file, slice, cancellation).ConfigureAwait(false)).Span
            )
        )
            yield return new ReportRow(plan.IsHeld ? ReportList.RefusedHeld : ReportList.NotHeld, plan.PlanId)
            {
                Position = plan.Position,
            };
        for (var from = 0; from < file.Records; from += ResultsAtOnce)
            foreach (
                var result in await files
                    .ReadResultsAsync(file.Id, from, ResultsAtOnce, cancellation)
                    .ConfigureAwait(false)
            )
            {
                var outcome = DailyFileJson.ReadOutcome(result.Body.Span);
                foreach (var plan in outcome.Plans.Where(plan => plan.Effect == RecordEffect.Loaded))
                    yield return new ReportRow(ReportList.Changed, plan.Id) { Position = outcome.Position };
            }
    }
}
