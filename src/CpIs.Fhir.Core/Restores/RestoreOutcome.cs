using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Restores;

/// <summary>What the step after a restore did, or had done before.</summary>
/// <param name="IsNew">False when it had been done, nothing was numbered since, and nothing was changed.</param>
/// <param name="Epoch">How often the store has been told that it was restored.</param>
/// <param name="Subscriptions">Every Subscription that the copy knows, by authority.</param>
/// <param name="Lost">Subscriptions that were given numbers, as the mark says, and that the copy does not know.</param>
public sealed record RestoreOutcome(
    bool IsNew,
    long Epoch,
    IReadOnlyList<NumberingJump> Subscriptions,
    IReadOnlyList<MarkedSubscription> Lost
);

/// <summary>How the numbers of one Subscription jumped.</summary>
/// <param name="SubscriptionId">Which.</param>
/// <param name="Authority">Whose.</param>
/// <param name="Gap">What is passed over.</param>
public sealed record NumberingJump(string SubscriptionId, OdsCode Authority, NumberingGap Gap)
{
    /// <summary>The last number that the copy knew; 0 for none.</summary>
    public long LastKept => Gap.First - 1;

    /// <summary>The number of the next event.</summary>
    public long Next => Gap.Last + 1;
}
