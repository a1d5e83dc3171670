using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Asks what has become of a message that was accepted for transport. An acknowledgement by the recipient delivers its event, and nothing else does (promise
/// 3); one that was returned is sent again as a new message; until then it is asked about again.
/// </summary>
public sealed class MessageTracking(
    INotificationStore store,
    MeshChannel mesh,
    PlacesOfAction places,
    RetrySchedule schedule,
    AttemptLedger attempts,
    IDispatchObserver observer,
    TimeProvider time
)
{
    /// <summary>Asks about one message.</summary>
    /// <param name="delivery">A claim on its Subscription.</param>
    /// <param name="subscription">The Subscription.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">The server is stopping.</param>
    public async Task<TrackedMessage> LookAsync(
        Delivery delivery,
        StoredResource subscription,
        UnderWayMessage message,
        CancellationToken cancellation
    )
    {
        var began = time.GetTimestamp();
        var standing = await mesh.TrackAsync(message.MessageId, cancellation).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var outcome = new SendOutcome(
            standing.Place == MeshPlace.Acknowledged ? SendResult.Accepted : SendResult.Failed,
            standing.HttpStatus,
            standing.Error
        );
        if (standing.Place != MeshPlace.Waiting)
        {
            var attempt = new DispatchAttempt(
                delivery.SubscriptionId,
                NotificationType.EventNotification,
                message.Number,
                1,
                delivery.State.Failures + 1,
                outcome,
                now - message.SentAt
            );
            attempts.Note(attempt, time.GetElapsedTime(began));
            observer.Attempted(attempt);
        }

        switch (standing.Place)
        {
            case MeshPlace.Acknowledged:
                var told = await store
                    .ReadEventsAsync(delivery.SubscriptionId, message.Number, message.Number, 1, CancellationToken.None)
                    .ConfigureAwait(false);
                var state = delivery.State.AfterAcknowledged(message);
                var tells = await places.IsAsync(subscription, CancellationToken.None).ConfigureAwait(false);
                return await store
                    .SettleAsync(delivery with { Events = told }, now, state, tells, CancellationToken.None)
                    .ConfigureAwait(false)
                    ? new TrackedMessage(state, null)
                    : TrackedMessage.Ended;
            case MeshPlace.Returned:
                var failed = delivery.State.AfterReturned(message, now, standing.Error!);
                var times = delivery.State.ApartOrNone.ReturnsOf(message.Number) + 1;
                // It is tried apart, by the schedule, and the others go on at once. Where too many came back, it is the mailbox that fails.
                var aside = new AsideEvent(message.Number, now + schedule.DelayAfter(times, null), times);
                var rest = failed.SetAside(aside) is { } apart
                    ? new SendingEnd(apart, now)
                    : new SendingEnd(failed, now + schedule.DelayAfter(failed.Failures, null));
                if (!await store.GiveBackAsync(delivery, rest, CancellationToken.None).ConfigureAwait(false))
                    return TrackedMessage.Ended;
                delivery.ObserveAside(rest.State, observer);
                failed = rest.State;
                await mesh.DropReportAsync(standing, cancellation).ConfigureAwait(false);
                return new TrackedMessage(failed, outcome);
            case MeshPlace.Unknown:
                // Only the asking is put off: what there is to send is sent meanwhile.
                return new TrackedMessage(delivery.State.AfterAllAsked(now), null);
            default:
                return new TrackedMessage(delivery.State.AfterAsked(message, now), null);
        }
    }
}

/// <summary>What came of asking about a message.</summary>
/// <param name="State">How sending stands; null when the lane ends.</param>
/// <param name="Returned">Why the message came back, and with it the Subscription was given back; null when it goes on.</param>
public sealed record TrackedMessage(SendingState? State, SendOutcome? Returned)
{
    internal static readonly TrackedMessage Ended = new(null, null);
}
