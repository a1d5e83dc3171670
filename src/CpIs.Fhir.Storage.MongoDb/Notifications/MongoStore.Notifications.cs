using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    private static readonly BsonDocument Taking = new("takes", true);

    /// <inheritdoc />
    public async Task<int> NumberObligationsAsync(
        DateTimeOffset now,
        TimeSpan quiet,
        int limit,
        CancellationToken cancellation
    )
    {
        var due = (now + quiet).UtcDateTime;
        var done = 0;
        // Once more after a round that found anything, so that fewer than the limit does mean that none is left.
        for (var found = true; found && done < limit; )
        {
            found = false;
            foreach (var authority in await ReadAuthoritiesToNumberAsync(limit, cancellation))
            {
                if (done >= limit)
                    break;
                var job = new NumberingJob(_collections, authority, due, limit - done);
                var numbered = await _transactions.RunAsync(job.WriteAsync, cancellation);
                found |= numbered > 0;
                done += numbered;
            }
        }

        return done;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Delivery>> ClaimDueAsync(
        DateTimeOffset now,
        TimeSpan lease,
        int limit,
        CancellationToken cancellation
    )
    {
        var at = now.UtcDateTime;
        var filter = new BsonDocument(Taking) { { "next", new BsonDocument("$lte", at) } };
        var deliveries = new List<Delivery>();
        // The one that was served longest ago comes first, so that one with thousands of failing events never keeps another
        // waiting; one that turns out to have nothing due costs no place.
        var due = await ReadStandingsAsync(filter, limit * 2, cancellation);
        var turn = await ReadLastTurnAsync(cancellation);
        foreach (var subscription in due)
        {
            if (deliveries.Count >= limit)
                break;
            var job = new ClaimJob(_collections, subscription["_id"].AsString, ++turn, at, (now + lease).UtcDateTime);
            if (await _transactions.RunAsync(job.WriteAsync, cancellation) is { } delivery)
                deliveries.Add(delivery);
        }

        return deliveries;
    }

    /// <inheritdoc />
    public Task<bool> SettleAsync(Delivery delivery, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var end = new DeliveryEnd(_collections, delivery, now.UtcDateTime);
        return _transactions.RunAsync(end.SettleAsync, cancellation);
    }

    /// <inheritdoc />
    public Task<bool> RescheduleAsync(
        Delivery delivery,
        DateTimeOffset now,
        DateTimeOffset due,
        string reason,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var end = new DeliveryEnd(_collections, delivery, now.UtcDateTime);
        return _transactions.RunAsync(
            (session, late) => end.RescheduleAsync(due.UtcDateTime, reason, session, late),
            cancellation
        );
    }

    /// <inheritdoc />
    public Task MakeDueAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation)
    {
        var at = now.UtcDateTime;
        // Never before a lease has lapsed, when it is due by itself: its holder may be sending.
        var free = new BsonDocument
        {
            { "s", subscriptionId },
            { "live", true },
            { "lease", new BsonDocument("$lte", at) },
        };
        return _calls.WriteAsync(
            async (_, late) =>
            {
                await _collections.Events.UpdateManyAsync(
                    free,
                    new BsonDocument("$set", new BsonDocument("due", at)),
                    cancellationToken: late
                );
                return await _collections.Subscriptions.UpdateOneAsync(
                    new BsonDocument("_id", subscriptionId),
                    new BsonDocument("$min", new BsonDocument("next", at)),
                    cancellationToken: late
                );
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task NoteTakenAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation) =>
        _calls.WriteAsync(
            (_, late) =>
                _collections.Subscriptions.UpdateOneAsync(
                    new BsonDocument("_id", subscriptionId),
                    new BsonDocument("$max", new BsonDocument("taken", now.UtcDateTime)),
                    cancellationToken: late
                ),
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<NotificationEvent>> ReadEventsAsync(
        string subscriptionId,
        long first,
        long last,
        int limit,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync<IReadOnlyList<NotificationEvent>>(
            async late =>
            {
                var numbered = new BsonDocument
                {
                    { "s", subscriptionId },
                    {
                        "n",
                        new BsonDocument { { "$gte", Math.Max(1, first) }, { "$lte", last } }
                    },
                };
                var events = await _collections
                    .Events.Find(numbered, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument("n", 1))
                    .Limit(limit)
                    .ToListAsync(late);
                return [.. events.Select(EventDocument.Read)];
            },
            cancellation
        );

    /// <inheritdoc />
    public async Task<SubscriptionLedger> ReadLedgerAsync(string subscriptionId, CancellationToken cancellation)
    {
        var standing = await FirstAsync(
            _collections.Subscriptions,
            new BsonDocument("_id", subscriptionId),
            cancellation
        );
        if (standing is null)
            return new SubscriptionLedger(0, 0, null, null, null);
        var (count, oldest) = await CountAsync(
            _collections.Events,
            new BsonDocument { { "s", subscriptionId }, { "live", true } },
            cancellation
        );
        return new SubscriptionLedger(
            standing["last"].ToInt64(),
            count,
            oldest,
            standing.TryGetValue("fail", out var since) ? since.ToUniversalTime() : null,
            standing.TryGetValue("error", out var error) ? error.AsString : null,
            standing.TryGetValue("taken", out var taken) ? taken.ToUniversalTime() : null
        );
    }

    /// <inheritdoc />
    public Task<(long Count, DateTimeOffset? Oldest)> ReadOpenObligationsAsync(
        OdsCode authority,
        CancellationToken cancellation
    ) =>
        CountAsync(
            _collections.Occurrences,
            new BsonDocument { { "open", authority.Value }, { "left", new BsonDocument("$gt", 0) } },
            cancellation
        );

    /// <summary>
    /// Authorities with a Subscription that takes events and with obligations that have none: found by two small reads, so that
    /// an exchange in which nothing happens costs next to nothing.
    /// </summary>
    private async Task<IReadOnlyList<string>> ReadAuthoritiesToNumberAsync(int limit, CancellationToken cancellation)
    {
        var taking = await ReadStandingsAsync(Taking, int.MaxValue, cancellation);
        if (taking.Count == 0)
            return [];
        var authorities = taking.Select(s => s["a"].AsString).ToHashSet(StringComparer.Ordinal);
        var todo = new BsonDocument
        {
            { "todo", new BsonDocument("$in", new BsonArray(authorities)) },
            { "todos", new BsonDocument("$gt", 0) },
        };
        var waiting = await _calls.ReadAsync(
            late =>
                _collections
                    .Occurrences.Find(todo, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Limit(limit)
                    .Project(new BsonDocument("todo", 1))
                    .ToListAsync(late),
            cancellation
        );
        return
        [
            .. taking
                .Where(s => s.GetValue("behind", false).AsBoolean)
                .Select(s => s["a"].AsString)
                .Concat(waiting.SelectMany(o => o["todo"].AsBsonArray.Select(a => a.AsString)))
                .Where(authorities.Contains)
                .Distinct(),
        ];
    }

    private Task<List<BsonDocument>> ReadStandingsAsync(
        BsonDocument filter,
        int limit,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync(
            late =>
                _collections
                    .Subscriptions.Find(filter, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument { { "claim", 1 }, { "_id", 1 } })
                    .Limit(limit == int.MaxValue ? null : limit)
                    .ToListAsync(late),
            cancellation
        );

    private async Task<long> ReadLastTurnAsync(CancellationToken cancellation)
    {
        var last = await _calls.ReadAsync(
            late =>
                _collections
                    .Subscriptions.Find(Taking)
                    .Sort(new BsonDocument("claim", -1))
                    .Limit(1)
                    .FirstOrDefaultAsync(late),
            cancellation
        );
        return last?["claim"].ToInt64() ?? 0;
    }

    private async Task<(long Count, DateTimeOffset? Oldest)> CountAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument filter,
        CancellationToken cancellation
    )
    {
        var count = await _calls.ReadAsync(
            late => collection.CountDocumentsAsync(filter, new CountOptions { MaxTime = _options.ReadTimeout }, late),
            cancellation
        );
        if (count == 0)
            return (0, null);
        var oldest = await _calls.ReadAsync(
            late =>
                collection
                    .Find(filter, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument("t", 1))
                    .Limit(1)
                    .Project(new BsonDocument("t", 1))
                    .FirstOrDefaultAsync(late),
            cancellation
        );
        return (count, oldest?["t"].ToUniversalTime());
    }
}
