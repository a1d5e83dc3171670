namespace CpIs.Fhir.Core.Restores;

/// <summary>
/// The step after an older copy of a store was put in its place, and before a server opens it: no number that may have been given since the copy
/// was made is given again (promise 4). No server may work on the store meanwhile.
/// </summary>
public interface IStoreRestore : IAsyncDisposable
{
    /// <summary>Which store, for people. Holds no secret.</summary>
    string Description { get; }

    /// <summary>
    /// Raises the epoch of the store, and jumps the numbers of every Subscription, all in one commit. Whoever had a Subscription has it no longer,
    /// and no unsent event is joined any more: it may have been sent as it is.
    /// </summary>
    /// <returns>What was done; or, where it had been done and nothing came since, what was done then.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer; nothing was changed, or all of it: run it again.</exception>
    Task<RestoreOutcome> RunAsync(RestoreTerms terms, CancellationToken cancellation);
}
