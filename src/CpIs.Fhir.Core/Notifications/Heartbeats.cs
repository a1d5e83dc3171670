using System.Collections.Concurrent;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// What a Subscription needs while nothing happens: a sign of life when it was silent for its heartbeat period, and its
/// end when its <c>end</c> has come. A heartbeat that fails changes nothing but the log; events find out for themselves.
/// One server at a time does this for all of its store, and silence is judged by what any of them sent, so that a
/// Subscription gets one heartbeat a period however many servers there are.
/// </summary>
public sealed class Heartbeats(
    IRecordStore records,
    INotificationStore store,
    NotificationChannel channel,
    SubscriptionMover mover,
    Endpoints endpoints,
    ServerLeases leases,
    TimeProvider time
)
{
    /// <summary>How often Subscriptions are gone through: often enough for the shortest heartbeat of 60 s.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private const string Lease = "heartbeats";

    /// <summary>Three rounds: a server that is merely slow keeps the work, and one that died is soon replaced.</summary>
    private static readonly TimeSpan LeaseTime = 3 * Every;

    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    // When each receiver last took something, as far as was read; it may have taken more since.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _heard = new(StringComparer.Ordinal);

    /// <summary>When the next round begins.</summary>
    public DateTimeOffset Next { get; private set; }

    /// <summary>Subscriptions to be notified of, or ended, now. Empty between two rounds, and where another server does this.</summary>
    public async Task<IReadOnlyList<StoredResource>> FindAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now < Next)
            return [];
        Next = now + Every;
        if (!await leases.TryHoldAsync(Lease, LeaseTime, cancellation).ConfigureAwait(false))
            return [];
        var found = new List<StoredResource>();
        var query = new RecordQuery(
            RecordType.Subscription,
            null,
            [
                new Condition.AnyToken([
                    SubscriptionDocument.StatusToken("active"),
                    SubscriptionDocument.StatusToken("error"),
                ]),
            ]
        )
        {
            Count = 500,
        };
        while (true)
        {
            var page = await records.SearchAsync(query, cancellation).ConfigureAwait(false);
            foreach (var subscription in page.Items.Where(s => !_running.ContainsKey(s.Id)))
                if (
                    HasEnded(subscription, now)
                    || await IsSilentAsync(subscription, now, cancellation).ConfigureAwait(false)
                )
                    found.Add(subscription);
            if (page.Next is null)
                return found;
            query = query with { After = page.Next };
        }
    }

    /// <summary>Ends one, or sends its heartbeat.</summary>
    public async Task TendAsync(StoredResource subscription, CancellationToken cancellation)
    {
        if (!_running.TryAdd(subscription.Id, true))
            return;
        try
        {
            var now = time.GetUtcNow();
            if (HasEnded(subscription, now))
            {
                await mover
                    .MoveAsync(subscription, SubscriptionStatus.Off, "Its end has come.", cancellation)
                    .ConfigureAwait(false);
                return;
            }

            var ledger = await store.ReadLedgerAsync(subscription.Id, cancellation).ConfigureAwait(false);
            var outcome = await channel
                .SendAsync(
                    NotificationId.OfHeartbeat(subscription.Id, now),
                    NotificationType.Heartbeat,
                    subscription,
                    ledger,
                    [],
                    cancellation
                )
                .ConfigureAwait(false);
            if (outcome.Result != SendResult.Accepted)
                return;
            endpoints.Recovered(subscription);
            await store.NoteTakenAsync(subscription.Id, time.GetUtcNow(), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(subscription.Id, out _);
        }
    }

    private static bool HasEnded(StoredResource subscription, DateTimeOffset now) =>
        subscription.Subscription?.End is { } end && end <= now;

    private async ValueTask<bool> IsSilentAsync(
        StoredResource subscription,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (
            subscription.Subscription is not { Channel: ChannelKind.RestHook, TakesEvents: true, Heartbeat: { } period }
            || !channel.IsAuthorised(subscription)
            || (_heard.TryGetValue(subscription.Id, out var heard) && now - heard < period)
        )
            return false;
        var ledger = await store.ReadLedgerAsync(subscription.Id, cancellation).ConfigureAwait(false);
        // One that was shaken hands with before this was noted: its last version is the least that is known of it.
        heard = ledger.LastTaken ?? subscription.LastUpdated;
        _heard[subscription.Id] = heard;
        return now - heard >= period;
    }
}
