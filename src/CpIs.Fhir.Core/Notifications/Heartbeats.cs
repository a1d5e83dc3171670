using System.Collections.Concurrent;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// What a Subscription needs while nothing happens: a sign of life when it was silent for its heartbeat period, and its
/// end when its <c>end</c> has come. A heartbeat that fails changes nothing but the log; events find out for themselves.
/// </summary>
public sealed class Heartbeats(
    IRecordStore records,
    INotificationStore store,
    NotificationChannel channel,
    SubscriptionMover mover,
    TimeProvider time
)
{
    /// <summary>How often Subscriptions are gone through: often enough for the shortest heartbeat of 60 s.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private DateTimeOffset _next;

    /// <summary>Subscriptions to be told of, or ended, now. Empty between two rounds.</summary>
    public async Task<IReadOnlyList<StoredResource>> FindAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now < _next)
            return [];
        _next = now + Every;
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
            found.AddRange(
                page.Items.Where(s => !_running.ContainsKey(s.Id) && (HasEnded(s, now) || IsSilent(s, now)))
            );
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
            await channel
                .SendAsync(
                    NotificationId.OfHeartbeat(subscription.Id, now),
                    NotificationType.Heartbeat,
                    subscription,
                    ledger,
                    [],
                    cancellation
                )
                .ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(subscription.Id, out _);
        }
    }

    private static bool HasEnded(StoredResource subscription, DateTimeOffset now) =>
        subscription.Subscription?.End is { } end && end <= now;

    private bool IsSilent(StoredResource subscription, DateTimeOffset now) =>
        subscription.Subscription is { TakesEvents: true, Heartbeat: { } period }
        && channel.IsAuthorised(subscription)
        && now - channel.LastTaken(subscription.Id) >= period;
}
