using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// Where a Subscription stands. One that has never had an event, a claim or a failure has none: all of it is zero.
/// </summary>
/// <param name="SubscriptionId">The Subscription; its resource may be gone.</param>
/// <param name="Authority">Whose.</param>
/// <param name="LastNumber">The number of its latest event. The next one follows it (promise 4).</param>
/// <param name="Fence">The latest fence given. It never goes back, or a claim of before the copy could end one of after it.</param>
/// <param name="Turn">Orders Subscriptions by when they were last served; only the order counts.</param>
/// <param name="Next">When it is tried next, or its lease lapses; null when nothing waits.</param>
/// <param name="State">How sending stands.</param>
/// <param name="LastTaken">When its receiver last took anything, or null.</param>
/// <param name="Gaps">What was passed over after restores, oldest first; null for none.</param>
public sealed record PortableLedger(
    string SubscriptionId,
    OdsCode Authority,
    long LastNumber,
    long Fence,
    long Turn,
    DateTimeOffset? Next,
    SendingState State,
    DateTimeOffset? LastTaken,
    IReadOnlyList<NumberingGap>? Gaps = null
) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Ledgers;

    internal override void WriteTo(CanonicalForm form)
    {
        // Not the turn: a store may keep it in its own measure, and nothing is lost when it is another's.
        form.Add(SubscriptionId);
        form.Add(Authority.Value);
        form.Add(LastNumber);
        form.Add(Fence);
        form.Add(Next);
        form.Add(State.Failures);
        form.Add(State.FailingSince);
        form.Add(State.LastError);
        form.Add(ApartEvents.Write(State.Apart));
        form.Add(LastTaken);
        // Only where there are any, so that the checksum of a store that was never restored is that of earlier versions.
        foreach (var gap in Gaps ?? [])
        {
            form.Add(gap.First);
            form.Add(gap.Last);
            form.Add(gap.Told);
        }
    }
}
