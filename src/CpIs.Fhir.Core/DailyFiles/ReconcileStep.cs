using System.Globalization;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Holdings;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Compares a full file with what is held, a page at a time. Which plans were in the file need not be remembered: each that was taken has the
/// stamp of the file or a newer one, so what is older was refused or is missing, and what was refused stands in the results.
/// </summary>
internal sealed class ReconcileStep(IDailyFileStore files, IRecordStore store, TimeProvider time)
{
    /// <summary>Records of a file whose results are looked at in one step.</summary>
    private const int ResultsAtOnce = 2_000;

    private readonly HoldingsWalk _holdings = new(store);

    /// <summary>True for a file whose records are done, and which is not compared yet.</summary>
    public static bool IsDue(DailyFile file) =>
        file is { Mode: DailyFileMode.Full, Reconciliation: null or { Ended: null } } && file.NextSlice() is null;

    /// <summary>The next step; the file as it is to be kept after it.</summary>
    /// <param name="file">With the revision by which it was claimed.</param>
    /// <param name="cancellation">Cuts it off; it is done again.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<DailyFile> RunAsync(DailyFile file, CancellationToken cancellation)
    {
        var report = file.Reconciliation ?? new Reconciliation();
        report =
            report.Results < file.Records
                ? await LookAtRefusedAsync(file, report, cancellation).ConfigureAwait(false)
                : await LookAtHeldAsync(file, report, cancellation).ConfigureAwait(false);
        return file with { Reconciliation = report };
    }

    /// <summary>The numbers for a file that is only tried: no row is kept.</summary>
    public async Task<Reconciliation> CountAsync(
        DailyFile file,
        IReadOnlyList<RecordOutcome> outcomes,
        CancellationToken cancellation
    )
    {
        var refused = await RefusedOfAsync(file, outcomes, cancellation).ConfigureAwait(false);
        var named = refused.Select(plan => plan.PlanId).ToHashSet(StringComparer.Ordinal);
        var report = Counted(new Reconciliation { Results = outcomes.Count }, outcomes, refused);
        do
        {
            var page = await _holdings
                .PageAsync(OdsCode.Parse(file.Authority), report.After, cancellation)
                .ConfigureAwait(false);
            report = Counted(report, page, file, out var older);
            report = report with
            {
                After = page.Next,
                Missing = report.Missing + older.Count(plan => !named.Contains(plan.PlanId)),
            };
        } while (report.After is not null);

        return report with
        {
            Ended = time.GetUtcNow(),
        };
    }

    private async Task<Reconciliation> LookAtRefusedAsync(
        DailyFile file,
        Reconciliation report,
        CancellationToken cancellation
    )
    {
        var results = await files
            .ReadResultsAsync(file.Id, report.Results, ResultsAtOnce, cancellation)
            .ConfigureAwait(false);
        var outcomes = results.Select(result => DailyFileJson.ReadOutcome(result.Body.Span)).ToList();
        var refused = await RefusedOfAsync(file, outcomes, cancellation).ConfigureAwait(false);
        report = Counted(report, outcomes, refused) with { Results = report.Results + ResultsAtOnce };
        if (refused.Count == 0)
            return report;
        var slice = await KeepAsync(file, DailyFileJson.Write(refused), refused.Count, cancellation)
            .ConfigureAwait(false);
        return report with { RefusedSlices = [.. report.RefusedSlices, slice] };
    }

    private async Task<Reconciliation> LookAtHeldAsync(
        DailyFile file,
        Reconciliation report,
        CancellationToken cancellation
    )
    {
        var page = await _holdings
            .PageAsync(OdsCode.Parse(file.Authority), report.After, cancellation)
            .ConfigureAwait(false);
        report = Counted(report, page, file, out var missing) with { After = page.Next };
        foreach (var slice in report.RefusedSlices)
        {
            if (missing.Count == 0)
                break;
            var refused = DailyFileJson.ReadRefused(
                (await ReadAsync(file, slice, cancellation).ConfigureAwait(false)).Span
            );
            var named = refused
                .Where(plan => plan.IsHeld)
                .Select(plan => plan.PlanId)
                .ToHashSet(StringComparer.Ordinal);
            missing.RemoveAll(plan => named.Contains(plan.PlanId));
        }

        if (missing.Count > 0)
        {
            var slice = await KeepAsync(file, DailyFileJson.Write(missing), missing.Count, cancellation)
                .ConfigureAwait(false);
            report = report with
            {
                Missing = report.Missing + missing.Count,
                MissingSlices = [.. report.MissingSlices, slice],
            };
        }

        return page.Next is null ? report with { Ended = time.GetUtcNow() } : report;
    }

    /// <summary>A slice of the report.</summary>
    /// <exception cref="StoreUnavailableException">It is not there.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(
        DailyFile file,
        ReportSlice slice,
        CancellationToken cancellation
    ) =>
        await files.ReadSliceAsync(file.ReportId, slice.Batch, 0, cancellation).ConfigureAwait(false)
        ?? throw new StoreUnavailableException($"Slice {slice.Batch} of {file.ReportId} is not there.");

    private async Task<ReportSlice> KeepAsync(DailyFile file, byte[] rows, int count, CancellationToken cancellation)
    {
        // Of each revision there is one claim, so nobody else writes under it.
        var batch = file.Revision.ToString(CultureInfo.InvariantCulture);
        await files.PutSliceAsync(file.ReportId, batch, 0, rows, cancellation).ConfigureAwait(false);
        return new ReportSlice(batch, count);
    }

    /// <summary>The plans of refused records, and whether each is held.</summary>
    private async Task<List<RefusedPlan>> RefusedOfAsync(
        DailyFile file,
        IReadOnlyList<RecordOutcome> outcomes,
        CancellationToken cancellation
    )
    {
        var authority = OdsCode.Parse(file.Authority);
        var plans = outcomes
            .Where(outcome => outcome.Effect == RecordEffect.Refused)
            .SelectMany(outcome => outcome.Plans.Select(plan => (outcome, plan.Id)))
            .ToList();
        if (plans.Count == 0)
            return [];
        var held = await store
            .ReadByIdentityAsync(
                RecordType.EpisodeOfCare,
                plans.Select(plan => UploadSnapshot.Identity(authority, plan.Id)).ToHashSet(StringComparer.Ordinal),
                cancellation
            )
            .ConfigureAwait(false);
        return
        [
            .. plans.Select(plan => new RefusedPlan(
                plan.Id,
                plan.outcome.Form,
                plan.outcome.Number,
                held.GetValueOrDefault(UploadSnapshot.Identity(authority, plan.Id))
                    is { IsDeleted: false, Plan.Status: not PlanStatus.Withdrawn }
            )),
        ];
    }

    private static Reconciliation Counted(
        Reconciliation report,
        IEnumerable<RecordOutcome> outcomes,
        IReadOnlyCollection<RefusedPlan> refused
    ) =>
        report with
        {
            Changed =
                report.Changed
                + outcomes.Sum(outcome => outcome.Plans.Count(plan => plan.Effect == RecordEffect.Loaded)),
            NotHeld = report.NotHeld + refused.Count(plan => !plan.IsHeld),
            RefusedHeld = report.RefusedHeld + refused.Count(plan => plan.IsHeld),
        };

    /// <summary>With the open plans of a page; those older than the file were refused, or are missing.</summary>
    private static Reconciliation Counted(
        Reconciliation report,
        HoldingsPage page,
        DailyFile file,
        out List<MissingPlan> older
    )
    {
        older = [];
        var (held, newer) = (0, 0);
        foreach (var child in page.Children)
        foreach (var plan in child.Plans.Where(plan => plan.Plan!.Status == PlanStatus.Active))
        {
            held++;
            switch (Turns.StampOf(plan).CompareTo(file.Stamp))
            {
                case < 0:
                    older.Add(MissingPlan.Of(child, plan));
                    break;
                case > 0:
                    newer++;
                    break;
            }
        }

        return report with
        {
            Held = report.Held + held,
            Newer = report.Newer + newer,
        };
    }
}
