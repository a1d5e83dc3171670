using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// One claim of events, from the last check of rights to the mark in the ledger: notice after notice, until one is not taken or something has
/// changed. A crash anywhere in between leaves the claim to lapse: what was not noted is sent again under the same id, and nothing is lost.
/// </summary>
public sealed class EventDelivery(
    IRecordStore records,
    INotificationStore store,
    NotificationChannel channel,
    MessageTracking tracking,
    PlacesOfAction places,
    SubscriptionMover mover,
    RetrySchedule schedule,
    Endpoints endpoints,
    IDispatchObserver observer,
    NotificationOptions options,
    TimeProvider time
)
{
    /// <summary>How long a Subscription that its authority ends or changes may get notices of a run that began before.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Sends, and notes what became of it. What the Subscription's lane does next: its next batch, or null when the lane ends, because nothing
    /// waits or the receiver is to be left alone.
    /// </summary>
    /// <exception cref="OperationCanceledException">The server is stopping. The claim was given back.</exception>
    public async Task<Delivery?> AttemptAsync(Delivery delivery, CancellationToken cancellation)
    {
        var subscription = await ReadAsync(delivery, cancellation).ConfigureAwait(false);
        if (subscription?.Subscription is not { TakesEvents: true } terms)
            // The client ended it since the claim. No attempt was made.
            return await GiveBackAsync(delivery, time.GetUtcNow()).ConfigureAwait(false);
        if (!channel.IsAuthorised(subscription))
        {
            var why = DeliveryError.NoResponse("not sent, the authority is suspended");
            await store.GiveBackAsync(delivery, Failed(delivery, why, null), cancellation).ConfigureAwait(false);
            return null;
        }

        if (time.GetUtcNow() + (terms.Timeout ?? options.Timeout) > delivery.Until)
            // This server has slept since the claim. Another may have it before an answer comes.
            return await GiveBackAsync(delivery, time.GetUtcNow()).ConfigureAwait(false);
        if (delivery.State.ApartOrNone.ToAskAbout(delivery.Events[0].Number, time.GetUtcNow()) is { } message)
            return await AskAsync(delivery, subscription, message, cancellation).ConfigureAwait(false);
        if (delivery.State.ApartOrNone.UnderWay is { Count: >= UnderWayMessage.Most } underWay)
            return await GiveBackAsync(delivery, underWay.Min(each => each.Next)).ConfigureAwait(false);
        return endpoints.Enter(subscription) is { } later
            ? await GiveBackAsync(delivery, later).ConfigureAwait(false)
            : await SendAsync(delivery, subscription, cancellation).ConfigureAwait(false);
    }

    private async Task<StoredResource?> ReadAsync(Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            return await records
                .ReadAsync(RecordType.Subscription, delivery.SubscriptionId, null, cancellation)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await GiveBackAsync(delivery, time.GetUtcNow()).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Delivery?> SendAsync(
        Delivery delivery,
        StoredResource subscription,
        CancellationToken cancellation
    )
    {
        DateTimeOffset? rests = null;
        var run = new Run(delivery, subscription.Subscription!.MaxCount) { Looked = time.GetUtcNow() };
        var settlement = new Settlement((events, state) => SettleAsync(delivery, events, state, subscription));
        try
        {
            SendOutcome outcome;
            do outcome = await SendAsync(run, settlement, subscription, cancellation).ConfigureAwait(false);
            while (
                outcome.Result == SendResult.Accepted
                && run.HasMore
                && !settlement.HasFailed
                && await MayGoOnAsync(delivery, run, subscription, cancellation).ConfigureAwait(false)
            );
            if (!await settlement.WhenNotedAsync().ConfigureAwait(false))
                return null;
            delivery = run.Now;
            if (outcome.Result == SendResult.Accepted)
                return await GoOnAsync(delivery, delivery.State, cancellation).ConfigureAwait(false);
            if (outcome is { Result: SendResult.UnderWay, MessageId: { } messageId })
                return await UnderWayAsync(delivery, messageId, cancellation).ConfigureAwait(false);
            var failed = Failed(delivery, outcome.Error ?? DeliveryError.NoResponse("failed"), outcome.RetryAfter);
            if ((await ReadAsync(delivery, cancellation).ConfigureAwait(false))?.Version != subscription.Version)
                // The authority has written it anew meanwhile: what failed was the one before.
                return await GiveBackAsync(delivery, time.GetUtcNow()).ConfigureAwait(false);
            if (outcome.IsRefusal && delivery.State.AfterRefused(delivery.Events, time.GetUtcNow()) is { } apart)
            {
                // Refused alone, and none after it that could be taken: then it is the endpoint that fails.
                var otherwise = apart.ApartOrNone.Suspect is null ? null : failed;
                var next = await store
                    .ClaimNextAsync(delivery, apart, Now(), otherwise, cancellation)
                    .ConfigureAwait(false);
                if (next is not null || otherwise is null)
                    return next;
            }
            else
                await store.GiveBackAsync(delivery, failed, cancellation).ConfigureAwait(false);

            rests = failed.Next;
            await MoveAsync(subscription, outcome, failed.State, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (await settlement.WhenNotedAsync().ConfigureAwait(false))
                await GiveBackAsync(run.Now, time.GetUtcNow()).ConfigureAwait(false);
            throw;
        }
        finally
        {
            // Whatever else failed: no write of ours goes on after we have left.
            await ((Task)settlement.WhenNotedAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            endpoints.Leave(subscription, rests);
        }
    }

    /// <summary>Sends the next notice of a run; what is taken is noted while the run goes on.</summary>
    private async Task<SendOutcome> SendAsync(
        Run run,
        Settlement settlement,
        StoredResource subscription,
        CancellationToken cancellation
    )
    {
        var notice = run.Next();
        var outcome = await channel
            .SendAsync(
                NotificationId.Of(subscription.Id, notice.Events),
                NotificationType.EventNotification,
                subscription,
                notice.Ledger,
                notice.Events,
                cancellation
            )
            .ConfigureAwait(false);
        if (outcome.Result == SendResult.Accepted)
        {
            run.Now = notice with { State = notice.State.AfterAccepted(notice.Events, time.GetUtcNow()) };
            settlement.Add(notice.Events, run.Now.State);
            notice.ObserveAside(run.Now.State, observer);
        }

        return outcome;
    }

    /// <summary>Whether all is as it was when the run began. If not, what remains is claimed and looked at anew.</summary>
    private async Task<bool> MayGoOnAsync(
        Delivery delivery,
        Run run,
        StoredResource subscription,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        if (
            cancellation.IsCancellationRequested
            || !channel.IsAuthorised(subscription)
            || now + (subscription.Subscription!.Timeout ?? options.Timeout) > delivery.Until
        )
            return false;
        if (now - run.Looked < LookAgain)
            return true;
        run.Looked = now;
        var stands = await records
            .ReadAsync(RecordType.Subscription, subscription.Id, null, cancellation)
            .ConfigureAwait(false);
        return stands?.Version == subscription.Version;
    }

    /// <summary>It is delivered: that is noted, whatever is asked of the server meanwhile.</summary>
    private async Task<bool> SettleAsync(
        Delivery delivery,
        IReadOnlyList<NotificationEvent> events,
        SendingState state,
        StoredResource subscription
    )
    {
        var tells = await places.IsAsync(subscription, CancellationToken.None).ConfigureAwait(false);
        return await store
            .SettleAsync(delivery with { Events = events }, time.GetUtcNow(), state, tells, CancellationToken.None)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// A transport has the message: that is kept, and nothing settled. A crash before it is kept sends the same once more, under the same local id.
    /// </summary>
    private async Task<Delivery?> UnderWayAsync(Delivery delivery, string messageId, CancellationToken cancellation)
    {
        var state = delivery.State.AfterSent(delivery.Events[0], messageId, time.GetUtcNow());
        delivery.ObserveAside(state, observer);
        return await GoOnAsync(delivery, state, cancellation).ConfigureAwait(false);
    }

    /// <summary>What has become of a message that is under way.</summary>
    private async Task<Delivery?> AskAsync(
        Delivery delivery,
        StoredResource subscription,
        UnderWayMessage message,
        CancellationToken cancellation
    )
    {
        TrackedMessage tracked;
        try
        {
            tracked = await tracking.LookAsync(delivery, subscription, message, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await GiveBackAsync(delivery, time.GetUtcNow()).ConfigureAwait(false);
            throw;
        }

        if (tracked.State is not { } state)
            return null;
        if (tracked.Returned is null)
            return await GoOnAsync(delivery, state, cancellation).ConfigureAwait(false);
        await MoveAsync(subscription, tracked.Returned, state, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Keeps how sending stands, whatever is asked of the server meanwhile, and takes the next batch.</summary>
    private async Task<Delivery?> GoOnAsync(Delivery delivery, SendingState state, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
            ? await GiveBackAsync(delivery with { State = state }, time.GetUtcNow()).ConfigureAwait(false)
            : await store.ClaimNextAsync(delivery, state, Now(), null, CancellationToken.None).ConfigureAwait(false);

    private async Task MoveAsync(
        StoredResource subscription,
        SendOutcome outcome,
        SendingState state,
        CancellationToken cancellation
    )
    {
        if (outcome.Result == SendResult.Gone)
            await mover
                .MoveAsync(subscription, SubscriptionStatus.Off, state.LastError, cancellation)
                .ConfigureAwait(false);
        else if (
            subscription.Subscription!.Status == SubscriptionStatus.Active
            && time.GetUtcNow() - state.FailingSince >= options.ErrorAfter
        )
            await mover
                .MoveAsync(subscription, SubscriptionStatus.Error, state.LastError, cancellation)
                .ConfigureAwait(false);
    }

    /// <summary>No attempt was made, or it was cut off: whatever is asked of the server, its claim is not left to lapse.</summary>
    private async Task<Delivery?> GiveBackAsync(Delivery delivery, DateTimeOffset next)
    {
        await store
            .GiveBackAsync(delivery, new SendingEnd(delivery.State, next), CancellationToken.None)
            .ConfigureAwait(false);
        return null;
    }

    private SendingEnd Failed(Delivery delivery, string reason, TimeSpan? retryAfter)
    {
        var now = time.GetUtcNow();
        var state = delivery.State.AfterFailed(now, reason);
        return new SendingEnd(state, now + schedule.DelayAfter(state.Failures, retryAfter));
    }

    private ClaimTerms Now() => new(time.GetUtcNow(), options.Lease, options.Quiet);

    /// <summary>A claim on its way, cut into notices.</summary>
    private sealed class Run(Delivery claim, int most)
    {
        private readonly IReadOnlyList<NotificationEvent> _events = claim.Events;
        private int _sent;

        /// <summary>When the Subscription was read last.</summary>
        public DateTimeOffset Looked { get; set; }

        /// <summary>The notice that was begun last, and how sending stands.</summary>
        public Delivery Now { get; set; } = claim;

        public bool HasMore => _sent < _events.Count;

        /// <summary>Begins the next notice: one event alone, where others were refused with it.</summary>
        public Delivery Next()
        {
            var first = _events[_sent].Number;
            var events = _events.Skip(_sent).Take(Now.State.ApartOrNone.MostFrom(first, most)).ToArray();
            _sent += events.Length;
            return Now = Now with { Events = events };
        }
    }
}
