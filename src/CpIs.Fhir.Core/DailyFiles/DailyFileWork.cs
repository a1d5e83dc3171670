using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Works on daily files, slice for slice, wherever a server is free. A file is one server's for a slice, under a lease; each record is
/// committed with its result, so a server may die between any two and another goes on at the first that has none.
/// </summary>
public sealed class DailyFileWork(
    IDailyFileStore files,
    IRecordStore records,
    IOccurrenceStore occurrences,
    TransactionUpload uploads,
    ServerLeases server,
    DailyFilePulse pulse,
    LoadedUploads loaded,
    IUploadAlarms alarms,
    TimeProvider time
)
{
    /// <summary>Longer than a slice takes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>An alarm is raised when more than one record in so many is superseded.</summary>
    private const int AlarmingShare = 10;

    private readonly UploadSubscribers _subscribers = new(records);
    private readonly SliceRun _slices = new(uploads, records, Environment.ProcessorCount);
    private readonly ReconcileStep _report = new(files, records, time);
    private MissingWork? _missing;

    /// <summary>Does the next slice of the file whose turn it is.</summary>
    /// <returns>False when nothing waits.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<bool> RunSliceAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            var waiting = await files.ReadWaitingFilesAsync(cancellation).ConfigureAwait(false);
            if (FairTurn.Next(waiting, now) is not { } next)
                return false;
            var mine = next with
            {
                Revision = next.Revision + 1,
                Served = now,
                Lease = new DailyFileLease(server.Server, now + Lease),
            };
            // Otherwise another server was faster, or it was cancelled.
            if (!await files.ReplaceFileAsync(mine, cancellation).ConfigureAwait(false))
                continue;
            try
            {
                await RunAsync(mine, cancellation).ConfigureAwait(false);
            }
            catch
            {
                await GiveBackAsync(mine).ConfigureAwait(false);
                throw;
            }

            return true;
        }
    }

    private async Task RunAsync(DailyFile file, CancellationToken cancellation)
    {
        if (file.Ending is { Ended: null })
        {
            _missing ??= new MissingWork(files, occurrences, _report, _slices, time);
            await GoOnAsync(await _missing.RunAsync(file, cancellation).ConfigureAwait(false), cancellation)
                .ConfigureAwait(false);
            return;
        }

        if (file.NextSlice() is not var (batch, number))
        {
            await AfterRecordsAsync(file, cancellation).ConfigureAwait(false);
            return;
        }

        var slice =
            await files.ReadSliceAsync(file.Id, batch, number, cancellation).ConfigureAwait(false)
            ?? throw new StoreUnavailableException($"Slice {number} of file {file.Id} is not there.");
        var (before, sent) = DailyFileJson.ReadSlice(slice);
        var first = file.RecordsBefore(batch) + before;
        var done = await files.ReadResultsAsync(file.Id, first, sent.Count, cancellation).ConfigureAwait(false);
        var numbers = done.Select(result => result.Number).ToHashSet();
        var outcomes = await _slices
            .RunAsync(
                file,
                file.Id,
                [.. sent.Select((record, i) => (first + i, record)).Where(each => !numbers.Contains(each.Item1))],
                cancellation
            )
            .ConfigureAwait(false);
        if (outcomes.Contains(null))
        {
            // Another server did some of it: what it says holds.
            done = await files.ReadResultsAsync(file.Id, first, sent.Count, cancellation).ConfigureAwait(false);
            outcomes = [];
        }

        var counts = done.Select(result => DailyFileJson.ReadOutcome(result.Body.Span).Effect)
            .Concat(outcomes.Select(outcome => outcome!.Effect))
            .Aggregate(file.Counts, (sum, effect) => sum.With(effect));
        file = file with { SlicesDone = file.SlicesDone + 1, Counts = counts };
        // A file that is to be compared first keeps that its records are done.
        if (file.NextSlice() is null && !ReconcileStep.IsDue(file))
            await EndAsync(file, cancellation).ConfigureAwait(false);
        else
            await GoOnAsync(file, cancellation).ConfigureAwait(false);
    }

    private async Task AfterRecordsAsync(DailyFile file, CancellationToken cancellation)
    {
        if (ReconcileStep.IsDue(file))
            file = await _report.RunAsync(file, cancellation).ConfigureAwait(false);
        if (ReconcileStep.IsDue(file))
            await GoOnAsync(file, cancellation).ConfigureAwait(false);
        else
            await EndAsync(file, cancellation).ConfigureAwait(false);
    }

    private Task<bool> GoOnAsync(DailyFile file, CancellationToken cancellation) =>
        ReplaceAsync(file with { Lease = null }, cancellation);

    /// <summary>Tells how it ended; then it has ended. Told under one id, so that a repeat tells it once.</summary>
    private async Task EndAsync(DailyFile file, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var ended = await _subscribers
            .TellAsync(
                OccurrenceOf(file, file.OccurrenceId, file.Counts.ToString(), now),
                file.Stamp,
                VerdictOf(file.Counts),
                cancellation
            )
            .ConfigureAwait(false);
        await occurrences.RecordAsync(ended, cancellation).ConfigureAwait(false);
        if (
            !await ReplaceAsync(file with { Lease = null, State = DailyFileState.Done, Ended = now }, cancellation)
                .ConfigureAwait(false)
        )
            return;
        await loaded
            .NoteAsync(OdsCode.Parse(file.Authority), file.Stamp.Time, CancellationToken.None)
            .ConfigureAwait(false);
        if (file.Counts.Superseded * AlarmingShare > file.Counts.Total)
            alarms.ManySuperseded(
                OdsCode.Parse(file.Authority),
                file.RequestId,
                file.Counts.Superseded,
                file.Counts.Total
            );
        await files.RemoveSlicesAsync(file.Id, cancellation).ConfigureAwait(false);
    }

    private static UploadVerdict VerdictOf(DailyFileCounts counts) =>
        counts.Refused == 0 ? UploadVerdict.Taken
        : counts.Refused < counts.Total ? UploadVerdict.TakenInPart
        : UploadVerdict.Refused;

    private async Task<bool> ReplaceAsync(DailyFile file, CancellationToken cancellation)
    {
        var done = await files
            .ReplaceFileAsync(file with { Revision = file.Revision + 1 }, cancellation)
            .ConfigureAwait(false);
        pulse.Beat();
        return done;
    }

    /// <summary>One that cannot be given back is free when its lease ends.</summary>
    private async Task GiveBackAsync(DailyFile file)
    {
        try
        {
            await ReplaceAsync(file with { Lease = null }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // It lapses.
        }
    }

    /// <summary>What happened with a file, in numbers.</summary>
    internal static Occurrence OccurrenceOf(DailyFile file, string id, string reason, DateTimeOffset at) =>
        new()
        {
            Id = id,
            Kind = OccurrenceKind.Upload,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()),
            ClientId = file.ClientId,
            Organisation = OdsCode.Parse(file.Authority),
            OrganisationName = file.OrganisationName,
            CallerKind = CallerKind.Authority,
            Person = file.Person,
            Interaction = "$upload",
            Reason = $"Daily file {file.Sequence}: {reason}",
            RequestId = file.RequestId,
            CorrelationId = file.CorrelationId,
        };
}
