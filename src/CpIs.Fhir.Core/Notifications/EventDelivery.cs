using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// One attempt at one claimed batch of events, from the last check of rights to the mark in the ledger. A crash anywhere
/// in between leaves the claim to lapse: the batch is sent again under the same id, and nothing is lost.
/// </summary>
public sealed class EventDelivery(
    IRecordStore records,
    INotificationStore store,
    NotificationChannel channel,
    SubscriptionMover mover,
    RetrySchedule schedule,
    NotificationOptions options,
    TimeProvider time
)
{
    /// <summary>Sends and settles, or reschedules. True when the receiver took it.</summary>
    public async Task<bool> AttemptAsync(Delivery delivery, CancellationToken cancellation)
    {
        var subscription = await records
            .ReadAsync(RecordType.Subscription, delivery.SubscriptionId, null, cancellation)
            .ConfigureAwait(false);
        if (subscription?.Subscription is not { TakesEvents: true })
            return false; // The client ended it since the claim: no attempt was made, so the claim just lapses.
        if (!channel.IsAuthorised(subscription))
        {
            await RescheduleAsync(
                    delivery,
                    DeliveryError.NoResponse("not sent, the authority is suspended"),
                    null,
                    cancellation
                )
                .ConfigureAwait(false);
            return false;
        }

        var ledger = await store.ReadLedgerAsync(subscription.Id, cancellation).ConfigureAwait(false);
        var outcome = await channel
            .SendAsync(
                NotificationId.Of(subscription.Id, delivery.Events.Select(e => e.Number)),
                NotificationType.EventNotification,
                subscription,
                ledger,
                delivery.Events,
                cancellation
            )
            .ConfigureAwait(false);
        if (outcome.Result == SendResult.Accepted)
        {
            await store.SettleAsync(delivery, time.GetUtcNow(), cancellation).ConfigureAwait(false);
            // The receiver is back: what waits for its next try, up to an hour, need not wait any more.
            if (ledger.FailingSince is not null)
                await store.MakeDueAsync(subscription.Id, time.GetUtcNow(), cancellation).ConfigureAwait(false);
            return true;
        }

        var reason = outcome.Error ?? DeliveryError.NoResponse("failed");
        await RescheduleAsync(delivery, reason, outcome.RetryAfter, cancellation).ConfigureAwait(false);
        if (outcome.Result == SendResult.Gone)
            await mover.MoveAsync(subscription, SubscriptionStatus.Off, reason, cancellation).ConfigureAwait(false);
        else if (
            subscription.Subscription.Status == SubscriptionStatus.Active
            && ledger.FailingSince is { } since
            && time.GetUtcNow() - since >= options.ErrorAfter
        )
            await mover.MoveAsync(subscription, SubscriptionStatus.Error, reason, cancellation).ConfigureAwait(false);
        return false;
    }

    private Task<bool> RescheduleAsync(
        Delivery delivery,
        string reason,
        TimeSpan? retryAfter,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var failures = delivery.Events.Max(e => e.Attempts) + 1;
        return store.RescheduleAsync(
            delivery,
            now,
            now + schedule.DelayAfter(failures, retryAfter),
            reason,
            cancellation
        );
    }
}
