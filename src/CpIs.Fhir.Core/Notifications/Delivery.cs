namespace CpIs.Fhir.Core.Notifications;

/// <summary>Events of one Subscription under one claim; or those of them that one notice tells of.</summary>
/// <param name="SubscriptionId">The Subscription.</param>
/// <param name="Events">Ascending by number, at least one.</param>
/// <param name="Fence">Proves that the Subscription is still ours when the attempt ends.</param>
/// <param name="State">How sending stands.</param>
/// <param name="LastNumber">The number of the Subscription's latest event.</param>
/// <param name="Until">When the lease lapses. Whoever comes to send so late that the attempt might outlast it does not begin.</param>
public sealed record Delivery(
    string SubscriptionId,
    IReadOnlyList<NotificationEvent> Events,
    long Fence,
    SendingState State,
    long LastNumber,
    DateTimeOffset Until
)
{
    /// <summary>Tells of each event that is set aside after an attempt, and was not before.</summary>
    internal void ObserveAside(SendingState after, IDispatchObserver observer)
    {
        var before = State.ApartOrNone.Aside.Select(aside => aside.Number);
        foreach (var number in after.ApartOrNone.Aside.Select(aside => aside.Number).Except(before))
            observer.SetAside(SubscriptionId, number);
    }

    /// <summary>What a notification says of its Subscription; what it does not say is not read.</summary>
    public SubscriptionLedger Ledger =>
        new(LastNumber, 0, null, State.FailingSince, State.LastError, Failures: State.Failures);
}
