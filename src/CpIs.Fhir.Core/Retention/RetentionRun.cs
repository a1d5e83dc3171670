using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Retention;

/// <summary>
/// Removes what has been kept long enough: on one server for all, in small bites with pauses so that nobody waits for it.
/// It may be cut off anywhere; the next run goes on with what is left. What it removed is put on record, in numbers.
/// </summary>
public sealed class RetentionRun(
    IRetentionStore store,
    IRecordStore records,
    IDailyFileStore files,
    RetentionOptions options,
    RetentionPace pace,
    ServerLeases leases,
    RetentionRecord record,
    TimeProvider time
)
{
    /// <summary>From one run to the next.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>
    /// From one walk over all records to the next: it reads every child once, which is nothing to do each hour, and what it
    /// looks for changes with the day.
    /// </summary>
    public static readonly TimeSpan WalkEvery = TimeSpan.FromHours(23);

    /// <summary>Days for which the ledger of attempts is kept.</summary>
    public const int KeptAttempts = 90;

    private const string Lease = "retention";

    /// <summary>Longer than a bite and its pause take; prolonged at each.</summary>
    private static readonly TimeSpan BiteTime = TimeSpan.FromMinutes(5);

    private DateTimeOffset _nextWalk;

    /// <summary>One run.</summary>
    /// <param name="report">Told what was removed, also of a run that is cut off.</param>
    /// <param name="cancellation">Cuts it off.</param>
    /// <returns>False when another server has it or had it within the hour, or has taken it over.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer; what was removed before is told.</exception>
    public async Task<bool> RunAsync(Action<RetentionCounts> report, CancellationToken cancellation)
    {
        var start = time.GetUtcNow();
        if (!await HoldAsync(cancellation).ConfigureAwait(false))
            return false;
        var counts = new Tally();
        var isWhole = false;
        try
        {
            isWhole = await RemoveAsync(counts, cancellation).ConfigureAwait(false);
        }
        finally
        {
            report(counts.Counts);
            await record.TellAsync(counts.Counts).ConfigureAwait(false);
            if (!isWhole)
                await leases.ReleaseAsync(Lease).ConfigureAwait(false);
        }

        if (isWhole)
            // The others need not run within the hour. Should this server die, the lease has lapsed when they look next.
            await leases
                .TryHoldAsync(Lease, start + Every * 0.9 - time.GetUtcNow(), cancellation)
                .ConfigureAwait(false);
        return isWhole;
    }

    /// <summary>False when another server has taken over. Events go before the occurrences to which they refer.</summary>
    private async Task<bool> RemoveAsync(Tally tally, CancellationToken cancellation) =>
        await EachAsync(store.RemoveExpiredAsync, n => tally.Add(c => c with { Expired = c.Expired + n }), cancellation)
            .ConfigureAwait(false)
        && await EachAsync(
                Before(KeptAttempts, store.RemoveAttemptsAsync),
                n => tally.Add(c => c with { Expired = c.Expired + n }),
                cancellation
            )
            .ConfigureAwait(false)
        && await EachAsync(
                Before(DailyFile.KeptDays, files.RemoveFilesAsync),
                n => tally.Add(c => c with { Expired = c.Expired + n }),
                cancellation
            )
            .ConfigureAwait(false)
        && await EachAsync(
                Before(options.EventsAfterDays, store.RemoveEventsAsync),
                n => tally.Add(c => c with { Events = c.Events + n }),
                cancellation
            )
            .ConfigureAwait(false)
        && await EachAsync(
                Before(options.OccurrencesAfterDays, store.RemoveOccurrencesAsync),
                n => tally.Add(c => c with { Occurrences = c.Occurrences + n }),
                cancellation
            )
            .ConfigureAwait(false)
        && await WalkAsync(removals => tally.Add(c => c.With(removals)), cancellation).ConfigureAwait(false)
        && await EachAsync(
                Before(options.VersionsAfterDays, store.RemoveVersionsAsync),
                n => tally.Add(c => c with { Versions = c.Versions + n }),
                cancellation
            )
            .ConfigureAwait(false);

    private Func<int, CancellationToken, Task<int>>? Before(
        int? days,
        Func<DateTimeOffset, int, CancellationToken, Task<int>> remove
    ) =>
        days is { } kept
            ? (limit, cancellation) => remove(time.GetUtcNow() - TimeSpan.FromDays(kept), limit, cancellation)
            : null;

    private async Task<bool> EachAsync(
        Func<int, CancellationToken, Task<int>>? remove,
        Action<int> removed,
        CancellationToken cancellation
    )
    {
        while (remove is not null)
        {
            var count = await remove(pace.Bite, cancellation).ConfigureAwait(false);
            removed(count);
            if (count < pace.Bite)
                break;
            if (!await PauseAsync(cancellation).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    private async Task<bool> WalkAsync(Action<IReadOnlyList<Removal>> removed, CancellationToken cancellation)
    {
        if (options.RecordsAfterDays is not { } days || time.GetUtcNow() < _nextWalk)
            return true;
        var next = time.GetUtcNow() + WalkEvery;
        var walk = new RecordWalk(records, days, time);
        for (PagePosition? position = null; ; )
        {
            position = await walk.StepAsync(position, pace.Bite, removed, cancellation).ConfigureAwait(false);
            if (position is null)
                break;
            if (!await PauseAsync(cancellation).ConfigureAwait(false))
                return false;
        }

        _nextWalk = next;
        return true;
    }

    private async Task<bool> PauseAsync(CancellationToken cancellation)
    {
        await Task.Delay(pace.Pause, time, cancellation).ConfigureAwait(false);
        return await HoldAsync(cancellation).ConfigureAwait(false);
    }

    private Task<bool> HoldAsync(CancellationToken cancellation) => leases.TryHoldAsync(Lease, BiteTime, cancellation);

    private sealed class Tally
    {
        public RetentionCounts Counts { get; private set; } = new();

        public void Add(Func<RetentionCounts, RetentionCounts> add) => Counts = add(Counts);
    }
}
