using System.Collections.Concurrent;
using System.Globalization;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Answers a Subscription's wish to begin: <c>requested</c> -> handshake -> 2xx: <c>active</c>, anything else:
/// <c>error</c>, and then it is the client's turn. A crash leaves it <c>requested</c>, so the handshake is repeated. Each
/// has a lease, so that of several servers one shakes hands.
/// </summary>
public sealed class Handshakes(
    IRecordStore records,
    INotificationStore store,
    NotificationChannel channel,
    SubscriptionMover mover,
    Endpoints endpoints,
    ServerLeases leases,
    TimeProvider time
)
{
    /// <summary>Longer than an attempt may take; after a crash the next server shakes hands then.</summary>
    private static readonly TimeSpan LeaseTime = 2 * NotificationOptions.MaximumTimeout;

    /// <summary>How long one that another server has is not asked for again.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _elsewhere = new(StringComparer.Ordinal);

    /// <summary>Subscriptions that wait for a handshake and have none in progress, here or, as far as is known, elsewhere.</summary>
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
        var now = time.GetUtcNow();
        foreach (var (lease, until) in _elsewhere)
            if (until <= now)
                _elsewhere.TryRemove(lease, out _);
        // Those of a suspended authority go on waiting, and must not keep the others from being found.
        while (true)
        {
            var page = await records.SearchAsync(query, cancellation).ConfigureAwait(false);
            found.AddRange(
                page.Items.Where(s =>
                    !_running.ContainsKey(s.Id) && !_elsewhere.ContainsKey(LeaseOf(s)) && channel.IsAuthorised(s)
                )
            );
            if (found.Count >= limit || page.Next is null)
                return [.. found.Take(limit)];
            query = query with { After = page.Next };
        }
    }

    /// <summary>One handshake, unless another server has it or has had it meanwhile.</summary>
    public async Task ShakeAsync(StoredResource subscription, CancellationToken cancellation)
    {
        if (!_running.TryAdd(subscription.Id, true))
            return;
        var lease = LeaseOf(subscription);
        try
        {
            if (!await leases.TryHoldAsync(lease, LeaseTime, cancellation).ConfigureAwait(false))
            {
                _elsewhere[lease] = time.GetUtcNow() + LookAgain;
                return;
            }

            try
            {
                var current = await records
                    .ReadAsync(RecordType.Subscription, subscription.Id, null, cancellation)
                    .ConfigureAwait(false);
                if (current?.Version == subscription.Version)
                    await ShakeAloneAsync(subscription, cancellation).ConfigureAwait(false);
            }
            finally
            {
                await leases.ReleaseAsync(lease).ConfigureAwait(false);
            }
        }
        finally
        {
            _running.TryRemove(subscription.Id, out _);
        }
    }

    private async Task ShakeAloneAsync(StoredResource subscription, CancellationToken cancellation)
    {
        if (subscription.Subscription!.Channel == ChannelKind.Inbox)
        {
            // Nobody is called, so nobody has to answer.
            await mover.MoveAsync(subscription, SubscriptionStatus.Active, null, cancellation).ConfigureAwait(false);
            return;
        }

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

        endpoints.Recovered(subscription);
        await store.NoteTakenAsync(subscription.Id, time.GetUtcNow(), cancellation).ConfigureAwait(false);
        // Due first, active second: a crash in between repeats the handshake instead of leaving events waiting.
        await store.MakeDueAsync(subscription.Id, time.GetUtcNow(), cancellation).ConfigureAwait(false);
        await mover.MoveAsync(subscription, SubscriptionStatus.Active, null, cancellation).ConfigureAwait(false);
    }

    private static string LeaseOf(StoredResource subscription) =>
        $"handshake/{subscription.Id}/{subscription.Version.ToString(CultureInfo.InvariantCulture)}";
}
