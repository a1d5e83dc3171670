using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The ledger of attempts: what was tried, when, and what came of it. It tells people; nothing is decided by it.
/// Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.
/// </summary>
public interface IAttemptStore
{
    /// <summary>Adds attempts; one of an id that is there already counts once.</summary>
    Task AddAttemptsAsync(IReadOnlyList<DeliveryAttempt> attempts, CancellationToken cancellation);

    /// <summary>Attempts at one Subscription, the latest first, those after a position.</summary>
    Task<IReadOnlyList<DeliveryAttempt>> ReadAttemptsAsync(
        string subscriptionId,
        PagePosition? after,
        int limit,
        CancellationToken cancellation
    );
}
