using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>Writes the new version of a Subscription that the engine, not its client, has moved.</summary>
public sealed class SubscriptionMover(IRecordStore records, IDispatchObserver observer, TimeProvider time)
{
    /// <summary>
    /// Moves it. False when the client, or another server, was first: what it says now counts, and nothing was changed.
    /// </summary>
    public async Task<bool> MoveAsync(
        StoredResource current,
        SubscriptionStatus status,
        string? reason,
        CancellationToken cancellation
    )
    {
        var terms = current.Subscription! with { Status = status };
        if (status == SubscriptionStatus.Active)
            terms = terms with { Activated = true };
        var next = SubscriptionDocument.Next(current, terms, reason, time.GetUtcNow());
        var outcome = await records
            .CommitAsync(new Commit { Changes = [new Change(next, current.Version)] }, cancellation)
            .ConfigureAwait(false);
        if (outcome != CommitOutcome.Committed)
            return false;
        observer.StatusChanged(current.Id, status, reason);
        return true;
    }
}
