using System.Collections.Concurrent;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Answers a Subscription's wish to begin: <c>requested</c> -> handshake -> 2xx: <c>active</c>, anything else:
/// <c>error</c>, and then it is the client's turn. A crash leaves it <c>requested</c>, so the handshake is repeated.
/// </summary>
public sealed class Handshakes(
    IRecordStore records,
    INotificationStore store,
    NotificationChannel channel,
    SubscriptionMover mover,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    /// <summary>Subscriptions that wait for a handshake and have none under way here.</summary>
    public async Task<IReadOnlyList<StoredResource>> FindAsync(int limit, CancellationToken cancellation)
    {
        var query = new RecordQuery(
            RecordType.Subscription,
            null,
            [new Condition.AnyToken([SubscriptionDocument.StatusToken("requested")])]
        )
        {
            Count = limit,
        };
        var found = new List<StoredResource>();
        // Those of a suspended authority go on waiting, and must not keep the others from being found.
        while (true)
        {
            var page = await records.SearchAsync(query, cancellation).ConfigureAwait(false);
            found.AddRange(page.Items.Where(s => !_running.ContainsKey(s.Id) && channel.IsAuthorised(s)));
            if (found.Count >= limit || page.Next is null)
                return [.. found.Take(limit)];
            query = query with { After = page.Next };
        }
    }

    /// <summary>One handshake.</summary>
    public async Task ShakeAsync(StoredResource subscription, CancellationToken cancellation)
    {
        if (!_running.TryAdd(subscription.Id, true))
            return;
        try
        {
            var ledger = await store.ReadLedgerAsync(subscription.Id, cancellation).ConfigureAwait(false);
            var outcome = await channel
                .SendAsync(
                    NotificationId.OfHandshake(subscription.Id, subscription.Version),
                    NotificationType.Handshake,
                    subscription,
                    ledger,
                    [],
                    cancellation
                )
                .ConfigureAwait(false);
            if (outcome.Result != SendResult.Accepted)
            {
                await mover
                    .MoveAsync(subscription, SubscriptionStatus.Error, $"Handshake: {outcome.Error}", cancellation)
                    .ConfigureAwait(false);
                return;
            }

            // Due first, active second: a crash in between repeats the handshake instead of leaving events waiting.
            await store.MakeDueAsync(subscription.Id, time.GetUtcNow(), cancellation).ConfigureAwait(false);
            await mover.MoveAsync(subscription, SubscriptionStatus.Active, null, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(subscription.Id, out _);
        }
    }
}
