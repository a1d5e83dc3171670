using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Limits;

/// <summary>
/// What the servers of one store tell each other of what they have granted, so that a limit holds over all of them without
/// a trip to the store for each request (docs/adr/0020). A store that one process has to itself has nobody to tell: it
/// keeps nothing and answers nothing. Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.
/// </summary>
public interface IUseLedger
{
    /// <summary>How long a report is kept at least; it may be removed afterwards. A server cut off for longer misses some.</summary>
    static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Adds the report of one server, and reads those of the others that it has not seen. A report of a server and number
    /// that exists already stands as it is, so one whose outcome was unknown is sent again unchanged.
    /// </summary>
    /// <param name="own">What was granted here since the last report; null where nothing was.</param>
    /// <param name="server">Who reads: its own reports are not among the answers.</param>
    /// <param name="seen">The highest number that was read of each other server.</param>
    /// <param name="since">Older reports are not wanted.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>Reports with a higher number than the one seen of their server, ascending by number for each server.</returns>
    Task<IReadOnlyList<UseReport>> ExchangeAsync(
        UseReport? own,
        string server,
        IReadOnlyDictionary<string, long> seen,
        DateTimeOffset since,
        CancellationToken cancellation
    );
}
