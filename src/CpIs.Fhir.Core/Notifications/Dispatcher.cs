using System.Diagnostics.CodeAnalysis;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The notification engine's loop, one step at a time: number obligations, shake hands, claim what is due, send it. Any
/// number of servers may run one: claims are leased, numbers are given in the store, and a crash repeats at most.
/// Each Subscription has a lane of its own in which one attempt is in progress at a time, and which takes its next batch itself. An
/// lane that lasts longer than <see cref="GivesPlaceAfter"/> gives its place to another, so that endpoints that hang, or have much to catch up with, hold up nobody.
/// </summary>
public sealed class Dispatcher(
    INotificationStore store,
    EventDelivery deliveries,
    Handshakes handshakes,
    Heartbeats heartbeats,
    AttemptLedger attempts,
    IDispatchObserver observer,
    IDispatchSignal signal,
    NotificationOptions options,
    TimeProvider time
)
{
    /// <summary>After this time a lane no longer counts against <see cref="NotificationOptions.MaxInFlight"/>.</summary>
    public static readonly TimeSpan GivesPlaceAfter = TimeSpan.FromSeconds(1);

    /// <summary>How soon the store is asked again after it failed.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Attempts in progress at once, long ones included, are at most so many times <see cref="NotificationOptions.MaxInFlight"/>: a bound for memory.</summary>
    private const int MostTimes = 16;

    private const int Batch = 256;

    private readonly Lock _gate = new();
    private readonly HashSet<Lane> _lanes = [];
    private readonly HashSet<Task> _others = [];

    /// <summary>One round. Starts attempts and does not wait for them. How long until the next one has something to do, if nobody signals.</summary>
    public async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        var numbered = 0;
        // What is numbered already is sent, whatever keeps others from being numbered.
        var failed = !await GuardAsync(
                null,
                async () =>
                    numbered = await store
                        .NumberObligationsAsync(time.GetUtcNow(), options.Quiet, Batch, cancellation)
                        .ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        foreach (
            var subscription in await handshakes.FindAsync(options.MaxInFlight, cancellation).ConfigureAwait(false)
        )
            if (RoomBesideEvents() > 0)
                Start(subscription.Id, () => handshakes.ShakeAsync(subscription, cancellation));
        foreach (var subscription in await heartbeats.FindAsync(cancellation).ConfigureAwait(false))
            if (RoomBesideEvents() > 0)
                Start(subscription.Id, () => heartbeats.TendAsync(subscription, cancellation));
        var (room, place) = Room();
        if (room > 0)
            foreach (var delivery in await store.ClaimDueAsync(Now(), room, cancellation).ConfigureAwait(false))
                Enter(delivery, cancellation);
        failed |= !await GuardAsync(null, () => attempts.TendAsync(cancellation).AsTask()).ConfigureAwait(false);
        if (numbered >= Batch)
            return TimeSpan.Zero;
        if (room == 0)
            return Bounded(place); // An attempt that ends before wakes us.
        var due = await store.ReadNextDueAsync(cancellation).ConfigureAwait(false);
        DateTimeOffset? again = failed ? time.GetUtcNow() + AfterFailure : null;
        return Bounded(Earliest(due, heartbeats.Next, attempts.Next, again) - time.GetUtcNow());
    }

    /// <summary>Ends when every attempt in progress has ended.</summary>
    public Task WhenQuietAsync()
    {
        lock (_gate)
            return Task.WhenAll([.. _others, .. _lanes.Select(lane => lane.Run)]);
    }

    /// <summary>Writes down what is only noted. After <see cref="WhenQuietAsync"/>, at the end.</summary>
    public Task EndAsync() => GuardAsync(null, () => attempts.WriteAsync(CancellationToken.None));

    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        var earliest = DateTimeOffset.MaxValue;
        foreach (var each in times)
            if (each < earliest)
                earliest = each.Value;
        return earliest;
    }

    private TimeSpan Bounded(TimeSpan wait) =>
        wait < TimeSpan.Zero ? TimeSpan.Zero
        : wait > options.Idle ? options.Idle
        : wait;

    private ClaimTerms Now() => new(time.GetUtcNow(), options.Lease, options.Quiet);

    /// <summary>How many attempts may begin, and when there is a place if there is none now.</summary>
    private (int Room, TimeSpan Place) Room()
    {
        var longSince = time.GetUtcNow() - GivesPlaceAfter;
        lock (_gate)
        {
            var young = _lanes.Where(lane => lane.Since > longSince).Select(lane => lane.Since).ToList();
            var room = Math.Min(options.MaxInFlight - young.Count, options.MaxInFlight * MostTimes - _lanes.Count);
            return (Math.Max(0, room), young.Count == 0 ? GivesPlaceAfter : young.Min() - longSince);
        }
    }

    /// <summary>For handshakes and heartbeats, of which an authority can ask for any number: they never keep events waiting.</summary>
    private int RoomBesideEvents()
    {
        lock (_gate)
            return Math.Max(1, options.MaxInFlight / 4) - _others.Count;
    }

    private void Start(string subscriptionId, Func<Task> work)
    {
        var run = new Task<Task<bool>>(() => GuardAsync(subscriptionId, work));
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

    private void Enter(Delivery delivery, CancellationToken cancellation)
    {
        var lane = new Lane { Since = time.GetUtcNow() };
        lock (_gate)
        {
            _lanes.Add(lane);
            lane.Run = Task.Run(() => RunLaneAsync(lane, delivery, cancellation), CancellationToken.None);
        }
    }

    private async Task RunLaneAsync(Lane lane, Delivery delivery, CancellationToken cancellation)
    {
        for (Delivery? next = delivery; next is not null; )
        {
            var current = next;
            next = null;
            await GuardAsync(
                    current.SubscriptionId,
                    async () => next = await deliveries.AttemptAsync(current, cancellation).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
        }

        lock (_gate)
            _lanes.Remove(lane);
        signal.Wake();
    }

    [SuppressMessage("Design", "CA1031", Justification = "One failed attempt must not end the engine; it is reported.")]
    private async Task<bool> GuardAsync(string? subscriptionId, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true; // Stopping.
        }
        catch (Exception failure)
        {
            observer.Failed(subscriptionId, failure);
            return false;
        }
    }

    private sealed class Lane
    {
        /// <summary>When it began: one that has much to catch up with gives its place away too.</summary>
        public required DateTimeOffset Since { get; init; }

        public Task Run { get; set; } = Task.CompletedTask;
    }
}
