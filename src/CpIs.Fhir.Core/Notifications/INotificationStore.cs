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
    /// Takes Subscriptions that take events, have some to send and whose time has come, each under a lease: the one that was served longest
    /// ago first. While the lease holds, nobody else takes that Subscription; a lapsed one is taken over with a higher fence.
    /// Of each at most <see cref="ClaimTerms.Notices"/> times its <see cref="SubscriptionTerms.MaxCount"/> events, ascending by number, without those that are
    /// sent apart (<see cref="ApartEvents"/>) and those that happened within the quiet time; or, where there are none, one that is set aside, in its hour.
    /// </summary>
    Task<IReadOnlyList<Delivery>> ClaimDueAsync(ClaimTerms terms, int limit, CancellationToken cancellation);

    /// <summary>
    /// Whoever has a Subscription takes its next events under the same fence, after the last one was settled or refused. Null when there is
    /// none, or the fence has moved on; then the Subscription is free.
    /// </summary>
    /// <param name="held">What it has.</param>
    /// <param name="state">How sending stands; kept in the same commit.</param>
    /// <param name="terms">Now, and for how long.</param>
    /// <param name="otherwise">What is kept instead when there is no next batch; null to keep the state and wait for an event.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    Task<Delivery?> ClaimNextAsync(
        Delivery held,
        SendingState state,
        ClaimTerms terms,
        SendingEnd? otherwise,
        CancellationToken cancellation
    );

    /// <summary>
    /// The receiver answered 2xx: the delivery's events are delivered. The Subscription stays with its holder. False when the fence
    /// has moved on (another worker took over) and nothing was changed.
    /// </summary>
    /// <param name="delivery">What was delivered.</param>
    /// <param name="now">When.</param>
    /// <param name="state">How sending stands.</param>
    /// <param name="tells">Whether its authority has been told: the obligations are settled too (<see cref="PlacesOfAction"/>).</param>
    /// <param name="cancellation">Cancels the wait.</param>
    Task<bool> SettleAsync(
        Delivery delivery,
        DateTimeOffset now,
        SendingState state,
        bool tells,
        CancellationToken cancellation
    );

    /// <summary>
    /// The Subscription is free again, and rests until the given time however many events it has: one row moves. False when the fence has
    /// moved on.
    /// </summary>
    Task<bool> GiveBackAsync(Delivery delivery, SendingEnd left, CancellationToken cancellation);

    /// <summary>When the first Subscription is due, or the lease of one lapses; null when nothing waits.</summary>
    Task<DateTimeOffset?> ReadNextDueAsync(CancellationToken cancellation);

    /// <summary>
    /// The receiver took a handshake or a heartbeat (a settled delivery notes itself). Any server may ask for it, so that
    /// silence is judged by what all of them sent.
    /// </summary>
    Task NoteTakenAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>A Subscription rests no longer (after its re-activation), unless somebody has it now. One row moves.</summary>
    Task MakeDueAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>
    /// Delivered events are to be sent once more, under the ids that they had; their obligations stay settled. Not on an inbox, where they can be read
    /// for as long as they are kept.
    /// </summary>
    /// <returns>How many.</returns>
    Task<int> ResendAsync(
        string subscriptionId,
        long first,
        long last,
        DateTimeOffset now,
        CancellationToken cancellation
    );

    /// <summary>
    /// Numbers of delivered events of a Subscription of which an obligation is open, ascending, at most <paramref name="limit"/>: it took them before it
    /// was the place of action.
    /// </summary>
    Task<IReadOnlyList<long>> FindDeliveredUntoldAsync(
        string subscriptionId,
        int limit,
        CancellationToken cancellation
    );

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

    /// <summary>The numbers of a Subscription that were passed over after restores, oldest first (promise 4). Mostly none.</summary>
    Task<IReadOnlyList<NumberingGap>> ReadGapsAsync(string subscriptionId, CancellationToken cancellation);

    /// <summary>How many obligations of an authority are open, and since when (null for none).</summary>
    Task<(long Count, DateTimeOffset? Oldest)> ReadOpenObligationsAsync(
        OdsCode authority,
        CancellationToken cancellation
    );
}
