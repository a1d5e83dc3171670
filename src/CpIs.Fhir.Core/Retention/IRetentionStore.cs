using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Retention;

/// <summary>
/// Removes what has been kept long enough, a little at a time so that nobody waits for it. Each call may be repeated and
/// may run on any server; what it removes is gone for good. Records themselves are removed by <see cref="Commit.Removals"/>.
/// Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.
/// </summary>
public interface IRetentionStore
{
    /// <summary>
    /// Removes occurrences that happened before, oldest first; never one with an open obligation (promise 3), nor one that an
    /// undelivered event names, be it of a second Subscription: its delivery would tell of nothing. One that a delivered
    /// event names may stay until that event is removed.
    /// </summary>
    /// <returns>How many; fewer than <paramref name="limit"/> means none is left.</returns>
    Task<int> RemoveOccurrencesAsync(DateTimeOffset before, int limit, CancellationToken cancellation);

    /// <summary>Removes events delivered before. Numbers are never given again (promise 4).</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> means none is left.</returns>
    Task<int> RemoveEventsAsync(DateTimeOffset deliveredBefore, int limit, CancellationToken cancellation);

    /// <summary>Removes versions of resources that are not current and were written before.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> means none is left.</returns>
    Task<int> RemoveVersionsAsync(DateTimeOffset writtenBefore, int limit, CancellationToken cancellation);

    /// <summary>Removes attempts to notify that ended before.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> means none is left.</returns>
    Task<int> RemoveAttemptsAsync(DateTimeOffset before, int limit, CancellationToken cancellation);

    /// <summary>
    /// How long what has expired is kept all the same. Clocks of servers differ: to one that is slow it may still hold, and a
    /// one-time value that is gone could be used once more.
    /// </summary>
    static readonly TimeSpan ExpiredKeptFor = TimeSpan.FromHours(1);

    /// <summary>Removes kept answers and used one-time values that expired <see cref="ExpiredKeptFor"/> ago.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> means none is left.</returns>
    Task<int> RemoveExpiredAsync(int limit, CancellationToken cancellation);
}
