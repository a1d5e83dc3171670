using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A dry run: the answer that a file would get now, and nothing of it is stored.</summary>
public sealed class DailyFileTrial(
    IRecordStore store,
    IDailyFileStore files,
    TransactionUpload uploads,
    DailyFileIntake intake,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>The file as it would end, and what would become of each record; or why it is no file.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<Result<(DailyFile File, IReadOnlyList<RecordOutcome> Outcomes)>> RunAsync(
        DailyFileSent sent,
        IAsyncEnumerable<DailyRecord> records,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(sent);
        if (intake.RefuseTime(sent) is { } ahead)
            return ahead;
        var trial = new DryRun(store);
        var slices = new SliceRun(uploads.Upon(trial), trial, Environment.ProcessorCount);
        var file = sent.ToFile(intake.EpochOf(sent), ids.Next(), time.GetUtcNow());
        var outcomes = new List<RecordOutcome>();
        await foreach (var slice in Slices(records, cancellation).ConfigureAwait(false))
        {
            if (outcomes.Count + slice.Length > sent.MostRecords)
                return DailyFileIntake.TooMany(sent);
            var done = await slices
                .RunAsync(file, file.Id, [.. slice.Select((record, i) => (outcomes.Count + i, record))], cancellation)
                .ConfigureAwait(false);
            outcomes.AddRange(done.OfType<RecordOutcome>());
        }

        file = file with
        {
            State = DailyFileState.Done,
            Ended = file.Received,
            Parts = new Dictionary<int, DailyFilePart> { [1] = new("", "", outcomes.Count, 0) },
            Counts = outcomes.Aggregate(new DailyFileCounts(), (sum, outcome) => sum.With(outcome.Effect)),
        };
        if (DailyFileIntake.Miscounted(sent, file) is { } refusal)
            return refusal;
        if (file.Mode == DailyFileMode.Full)
            file = file with
            {
                Reconciliation = await new ReconcileStep(files, trial, time)
                    .CountAsync(file, outcomes, cancellation)
                    .ConfigureAwait(false),
            };
        return (file, (IReadOnlyList<RecordOutcome>)outcomes);
    }

    private static async IAsyncEnumerable<DailyRecord[]> Slices(
        IAsyncEnumerable<DailyRecord> records,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var slice = new List<DailyRecord>();
        await foreach (var record in records.WithCancellation(cancellation).ConfigureAwait(false))
        {
            slice.Add(record);
            if (slice.Count < PartIntake.MostRecords)
                continue;
            yield return [.. slice];
            slice.Clear();
        }

        if (slice.Count > 0)
            yield return [.. slice];
    }
}
