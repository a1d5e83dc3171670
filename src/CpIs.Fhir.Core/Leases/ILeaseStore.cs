using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Leases;

/// <summary>
/// Named leases on which all servers of one store agree, for work that one of them does for all (retention, heartbeats).
/// Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.
/// </summary>
public interface ILeaseStore
{
    /// <summary>
    /// Takes a lease that is free or has lapsed, or prolongs one's own. Of many who ask at once, one gets it. A lease keeps
    /// others away from wasted work; what must not happen twice is guarded by its own precondition besides. A lapsed lease
    /// may be forgotten by the store.
    /// </summary>
    /// <param name="name">What it is for, such as <c>retention</c>; at most 200 characters.</param>
    /// <param name="holder">Who asks; unique to the process.</param>
    /// <param name="now">The present.</param>
    /// <param name="duration">How long it holds unless it is prolonged or given back.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the holder has it until <paramref name="now"/> plus <paramref name="duration"/>.</returns>
    Task<bool> TryHoldAsync(
        string name,
        string holder,
        DateTimeOffset now,
        TimeSpan duration,
        CancellationToken cancellation
    );

    /// <summary>Gives a lease back. Nothing happens when somebody else holds it by now.</summary>
    Task ReleaseAsync(string name, string holder, CancellationToken cancellation);
}
