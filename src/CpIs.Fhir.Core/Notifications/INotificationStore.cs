using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The notification engine's part of the store: open obligations become numbered events, events are claimed, sent and
/// settled. Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.
/// </summary>
public interface INotificationStore
{
    /// <summary>
    /// Turns open obligations into events: for every Subscription that takes events
    /// (<see cref="SubscriptionTerms.TakesEvents"/>), every unsettled obligation of its authority that has no event on it yet gets one, oldest first.
    /// The number is given in the same commit as the event, so numbers have no gap and never repeat (promise 4).
    /// Which obligations there are was decided when the look-ups were written; only where two raced, both for the same child at
    /// the same setting (<c>Attendance.IsSame</c>), the later joins the event of the earlier, if that has never been
    /// claimed. A new event is due <paramref name="quiet"/> after <paramref name="now"/>.
    /// </summary>
    /// <returns>
    /// How many obligations got their event, on however many Subscriptions; fewer than <paramref name="limit"/> means none is
    /// left. The Subscriptions of an authority go in step, so that a delivery of one never costs another its event.
    /// </returns>
    Task<int> NumberObligationsAsync(DateTimeOffset now, TimeSpan quiet, int limit, CancellationToken cancellation);

    /// <summary>
    /// Takes due, undelivered events of Subscriptions that take events under a lease, oldest number first: at most one batch per Subscription of at most its <see cref="SubscriptionTerms.MaxCount"/> events, ascending by number. An event
    /// under an unexpired lease is not taken; a lapsed lease is taken over with a higher fence.
    /// </summary>
    Task<IReadOnlyList<Delivery>> ClaimDueAsync(
        DateTimeOffset now,
        TimeSpan lease,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>
    /// The receiver answered 2xx: the delivery's events are delivered, their obligations settled. False when the fence
    /// has moved on (another worker took over) and nothing was changed.
    /// </summary>
    Task<bool> SettleAsync(Delivery delivery, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>The attempt failed: the events are due again at <paramref name="due"/>. False when the fence has moved on.</summary>
    Task<bool> RescheduleAsync(
        Delivery delivery,
        DateTimeOffset now,
        DateTimeOffset due,
        string reason,
        CancellationToken cancellation
    );

    /// <summary>
    /// The receiver took a handshake or a heartbeat (a settled delivery notes itself). Any server may ask for it, so that
    /// silence is judged by what all of them sent.
    /// </summary>
    Task NoteTakenAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Makes every undelivered event of a Subscription due now (after its re-activation).</summary>
    Task MakeDueAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Events of a Subscription by number, both bounds included, ascending, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<NotificationEvent>> ReadEventsAsync(
        string subscriptionId,
        long first,
        long last,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>Where a Subscription stands. All zero for one that has had no event.</summary>
    Task<SubscriptionLedger> ReadLedgerAsync(string subscriptionId, CancellationToken cancellation);

    /// <summary>How many obligations of an authority are open, and since when (null for none).</summary>
    Task<(long Count, DateTimeOffset? Oldest)> ReadOpenObligationsAsync(
        OdsCode authority,
        CancellationToken cancellation
    );
}

/// <summary>One numbered event on one Subscription.</summary>
/// <param name="SubscriptionId">The Subscription.</param>
/// <param name="Number">1, 2, 3, ... without gap.</param>
/// <param name="Time">When the first of its occurrences happened.</param>
/// <param name="Occurrences">Ids of the occurrences it reports, oldest first; ids of their AuditEvents.</param>
/// <param name="Delivered">When a receiver took it, or null.</param>
/// <param name="Attempts">Failed attempts so far.</param>
public sealed record NotificationEvent(
    string SubscriptionId,
    long Number,
    DateTimeOffset Time,
    IReadOnlyList<string> Occurrences,
    DateTimeOffset? Delivered,
    int Attempts
);

/// <summary>A batch of events of one Subscription, claimed for one attempt.</summary>
/// <param name="SubscriptionId">The Subscription.</param>
/// <param name="Events">Ascending by number, at least one.</param>
/// <param name="Fence">Proves that the claim is still ours when the attempt ends.</param>
public sealed record Delivery(string SubscriptionId, IReadOnlyList<NotificationEvent> Events, long Fence);

/// <summary>A Subscription's standing.</summary>
/// <param name="EventCount">Events since it was created, delivered or not (<c>eventsSinceSubscriptionStart</c>).</param>
/// <param name="Undelivered">Of these, not yet delivered.</param>
/// <param name="OldestUndelivered">When the oldest of those happened.</param>
/// <param name="FailingSince">First failed attempt since the last success, or null.</param>
/// <param name="LastError">What the last failed attempt met; null after a success.</param>
/// <param name="LastTaken">When its receiver last took anything of any server (the latest, if told out of order); null for never.</param>
public sealed record SubscriptionLedger(
    long EventCount,
    long Undelivered,
    DateTimeOffset? OldestUndelivered,
    DateTimeOffset? FailingSince,
    string? LastError,
    DateTimeOffset? LastTaken = null
);
