using System.Diagnostics.CodeAnalysis;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The notification engine's loop, one step at a time: number obligations, shake hands, claim what is due, send it. Any
/// number of servers may run one: claims are leased, numbers are given in the store, and a crash repeats at most.
/// Each Subscription has a lane of its own in which one attempt is in progress at a time, so that a dead endpoint holds
/// up nobody else.
/// </summary>
public sealed class Dispatcher(
    INotificationStore store,
    EventDelivery deliveries,
    Handshakes handshakes,
    Heartbeats heartbeats,
    IDispatchObserver observer,
    IDispatchSignal signal,
    NotificationOptions options,
    TimeProvider time
)
{
    private const int Batch = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _others = [];

    /// <summary>One round. Starts attempts and does not wait for them. True when there is more to do at once.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var numbered = await store
            .NumberObligationsAsync(time.GetUtcNow(), options.Quiet, Batch, cancellation)
            .ConfigureAwait(false);
        foreach (
            var subscription in await handshakes.FindAsync(options.MaxInFlight, cancellation).ConfigureAwait(false)
        )
            if (RoomBesideEvents() > 0)
                Start(subscription.Id, () => handshakes.ShakeAsync(subscription, cancellation));
        foreach (var subscription in await heartbeats.FindAsync(cancellation).ConfigureAwait(false))
            if (RoomBesideEvents() > 0)
                Start(subscription.Id, () => heartbeats.TendAsync(subscription, cancellation));
        var room = Room();
        if (room == 0)
            return false; // The next attempt that ends wakes us.
        var claimed = await store
            .ClaimDueAsync(time.GetUtcNow(), options.Lease, room, cancellation)
            .ConfigureAwait(false);
        foreach (var delivery in claimed)
            Enter(delivery, cancellation);
        return numbered == Batch;
    }

    /// <summary>Ends when every attempt in progress has ended.</summary>
    public Task WhenQuietAsync()
    {
        lock (_gate)
            return Task.WhenAll([.. _others, .. _lanes.Values.Select(l => l.Run)]);
    }

    private int Room()
    {
        lock (_gate)
            return Math.Max(0, options.MaxInFlight - _lanes.Count);
    }

    /// <summary>For handshakes and heartbeats, of which an authority can ask for any number: they never keep events waiting.</summary>
    private int RoomBesideEvents()
    {
        lock (_gate)
            return Math.Max(1, options.MaxInFlight / 4) - _others.Count;
    }

    private void Start(string subscriptionId, Func<Task> work)
    {
        var run = new Task<Task>(() => GuardAsync(subscriptionId, work));
        var done = run.Unwrap();
        lock (_gate)
            _others.Add(done);
        _ = done.ContinueWith(
            ended =>
            {
                lock (_gate)
                    _others.Remove(ended);
                signal.Wake();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        run.Start(TaskScheduler.Default);
    }

    /// <summary>Puts a claim into its Subscription's lane: at once when the lane is free, else behind what is in progress.</summary>
    private void Enter(Delivery delivery, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_lanes.TryGetValue(delivery.SubscriptionId, out var lane))
            {
                lane.Waiting.Enqueue((delivery, time.GetUtcNow()));
                return;
            }

            lane = new Lane();
            _lanes.Add(delivery.SubscriptionId, lane);
            lane.Run = Task.Run(() => RunLaneAsync(lane, delivery, cancellation), CancellationToken.None);
        }
    }

    private async Task RunLaneAsync(Lane lane, Delivery delivery, CancellationToken cancellation)
    {
        while (true)
        {
            var taken = false;
            var current = delivery;
            await GuardAsync(
                    current.SubscriptionId,
                    async () => taken = await deliveries.AttemptAsync(current, cancellation).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
            lock (_gate)
            {
                // A receiver that just failed is left alone: what waits behind lapses, and is claimed again later.
                if (!taken || !TryNext(lane, out delivery!))
                {
                    _lanes.Remove(current.SubscriptionId);
                    break;
                }
            }
        }

        signal.Wake();
    }

    private bool TryNext(Lane lane, [NotNullWhen(true)] out Delivery? delivery)
    {
        // Enough of the lease must be left for a whole attempt; else another server may have taken the claim over.
        var latest = time.GetUtcNow() - (options.Lease - NotificationOptions.MaximumTimeout);
        while (lane.Waiting.TryDequeue(out var next))
            if (next.Claimed > latest)
            {
                delivery = next.Delivery;
                return true;
            }

        delivery = null;
        return false;
    }

    [SuppressMessage("Design", "CA1031", Justification = "One failed attempt must not end the engine; it is reported.")]
    private async Task GuardAsync(string subscriptionId, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the claim lapses and is taken again.
        }
        catch (Exception failure)
        {
            observer.Failed(subscriptionId, failure);
        }
    }

    private sealed class Lane
    {
        public Queue<(Delivery Delivery, DateTimeOffset Claimed)> Waiting { get; } = new();

        public Task Run { get; set; } = Task.CompletedTask;
    }
}
