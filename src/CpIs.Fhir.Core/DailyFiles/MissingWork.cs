using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Ends the plans of a report, slice for slice. Each is a record with the stamp of the file, committed with its result as every record of a
/// daily file: so a newer word wins, a server may die between any two, and none is done twice.
/// </summary>
internal sealed class MissingWork(
    IDailyFileStore files,
    IOccurrenceStore occurrences,
    ReconcileStep report,
    SliceRun slices,
    TimeProvider time
)
{
    /// <summary>The row of the report's table in which the first missing plan stands; its header is row 1.</summary>
    private const int FirstRow = 2;

    /// <summary>The next slice; the file as it is to be kept after it.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer. Those with a result are done.</exception>
    public async Task<DailyFile> RunAsync(DailyFile file, CancellationToken cancellation)
    {
        var ending = file.Ending!;
        var all = file.Reconciliation!.MissingSlices;
        // Before the first plan is ended. Told under an id of the file's, so that a repeat tells it once.
        if (ending.SlicesDone == 0)
            await TellAsync(file, "end-missing", Asked(file), cancellation).ConfigureAwait(false);
        if (ending.SlicesDone < all.Count)
            ending = await RunAsync(file, ending, cancellation).ConfigureAwait(false);
        if (ending.SlicesDone < all.Count)
            return file with { Ending = ending };
        await TellAsync(file, "missing-ended", $"plans that were not in it: {Told(ending.Counts)}", cancellation)
            .ConfigureAwait(false);
        return file with { Ending = ending with { Ended = time.GetUtcNow() } };
    }

    private async Task<MissingEnding> RunAsync(DailyFile file, MissingEnding ending, CancellationToken cancellation)
    {
        var all = file.Reconciliation!.MissingSlices;
        var first = all.Take(ending.SlicesDone).Sum(slice => slice.Rows);
        var body = await report.ReadAsync(file, all[ending.SlicesDone], cancellation).ConfigureAwait(false);
        var plans = DailyFileJson.ReadMissing(body.Span);
        var done = await ReadAsync().ConfigureAwait(false);
        var outcomes = await slices
            .RunAsync(file, file.ReportId, RecordsOf(file, plans, first, [.. done.Keys]), cancellation)
            .ConfigureAwait(false);
        if (outcomes.Contains(null))
        {
            // Another server did some of it: what it says holds.
            done = await ReadAsync().ConfigureAwait(false);
            outcomes = [];
        }

        return ending with
        {
            SlicesDone = ending.SlicesDone + 1,
            Counts = done
                .Values.Concat(outcomes.Select(outcome => outcome!.Effect))
                .Aggregate(ending.Counts, (sum, effect) => sum.With(effect)),
        };

        async Task<Dictionary<int, RecordEffect>> ReadAsync() =>
            (
                await files.ReadResultsAsync(file.ReportId, first, plans.Count, cancellation).ConfigureAwait(false)
            ).ToDictionary(result => result.Number, result => DailyFileJson.ReadOutcome(result.Body.Span).Effect);
    }

    private static List<(int Number, DailyRecord Record)> RecordsOf(
        DailyFile file,
        IReadOnlyList<MissingPlan> plans,
        int first,
        HashSet<int> done
    )
    {
        using var writer = new ResourceWriter(OdsCode.Parse(file.Authority), organizationId: null);
        var day = LondonCalendar.DayOf(file.Made);
        var records = new List<(int, DailyRecord)>(plans.Count);
        for (var i = 0; i < plans.Count; i++)
            if (!done.Contains(first + i))
                records.Add(
                    (first + i, plans[i].ToEnd(new RecordPosition(RecordForm.Row, first + i + FirstRow), day, writer))
                );
        return records;
    }

    private Task TellAsync(DailyFile file, string what, string reason, CancellationToken cancellation)
    {
        var ending = file.Ending!;
        var told = DailyFileWork.OccurrenceOf(file, RepeatableId.Of(what, file.OccurrenceId), reason, time.GetUtcNow());
        return occurrences.RecordAsync(
            told with
            {
                ClientId = ending.ClientId,
                Person = ending.By,
                Interaction = "$end-missing",
                RequestId = ending.RequestId,
                CorrelationId = ending.CorrelationId,
            },
            cancellation
        );
    }

    private static string Asked(DailyFile file) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"ending of {file.Reconciliation!.Missing} plans that were not in it, of {file.Reconciliation.Held} open{By("asked for by", file.Ending!.By)}{By("approved by", file.Ending.ApprovedBy)}"
        );

    private static string By(string did, Person? person) =>
        person is null ? "" : $", {did} {person.Name} ({person.SdsUserId})";

    private static string Told(DailyFileCounts counts) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Loaded} ended, {counts.Superseded} newer, {counts.Refused} left as they are"
        );
}
