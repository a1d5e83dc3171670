using System.Diagnostics;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
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
        var done = 0;
        // Once more after a round that found anything, so that fewer than the limit does mean that none is left.
        for (var found = true; found && done < limit; )
        {
            found = false;
            foreach (var told in await ReadToNumberAsync(limit, cancellation))
            {
                if (done >= limit)
                    break;
                var job = new NumberingJob(
                    _collections,
                    told,
                    now.UtcDateTime,
                    (now + quiet).UtcDateTime,
                    limit - done
                );
                var numbered = await _transactions.RunAsync(job.WriteAsync, cancellation);
                found |= numbered > 0;
                done += numbered;
            }
        }

        return done;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Delivery>> ClaimDueAsync(
        ClaimTerms terms,
        int limit,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(terms);
        var deliveries = new List<Delivery>();
        // The one that was served longest ago comes first, so that one with thousands of events never keeps another
        // waiting; one that turns out to have nothing to send costs no place.
        var due = await ReadStandingsAsync(SendingJob.Due(terms.Now.UtcDateTime), limit * 2, cancellation);
        var turn = due.Count == 0 ? 0 : await ReadLastTurnAsync(cancellation);
        var begun = Stopwatch.GetTimestamp();
        foreach (var subscription in due)
        {
            // What is claimed is to be sent while its lease is young.
            if (deliveries.Count >= limit || Stopwatch.GetElapsedTime(begun) > terms.Lease / 3)
                break;
            var (job, served) = (new SendingJob(_collections, subscription["_id"].AsString), ++turn);
            try
            {
                if (
                    await _transactions.RunAsync(
                        (session, late) => job.ClaimAsync(terms, served, session, late),
                        cancellation
                    ) is
                    { } delivery
                )
                    deliveries.Add(delivery);
            }
            catch (StoreUnavailableException) when (deliveries.Count > 0)
            {
                break; // Those that are claimed are sent; the others are found again.
            }
        }

        return deliveries;
    }

    /// <inheritdoc />
    public Task<Delivery?> ClaimNextAsync(
        Delivery held,
        SendingState state,
        ClaimTerms terms,
        SendingEnd? otherwise,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        var job = new SendingJob(_collections, held.SubscriptionId);
        return _transactions.RunAsync(
            (session, late) => job.ClaimNextAsync(held, state, terms, otherwise, session, late),
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<bool> SettleAsync(
        Delivery delivery,
        DateTimeOffset now,
        SendingState state,
        bool tells,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var end = new DeliveryEnd(_collections, delivery, now.UtcDateTime, tells);
        return _transactions.RunAsync((session, late) => end.SettleAsync(state, session, late), cancellation);
    }

    /// <inheritdoc />
    public Task<bool> GiveBackAsync(Delivery delivery, SendingEnd left, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var job = new SendingJob(_collections, delivery.SubscriptionId);
        return _transactions.RunAsync(
            (session, late) => job.GiveBackAsync(delivery, left, session, late),
            cancellation
        );
    }

    /// <inheritdoc />
    public async Task<DateTimeOffset?> ReadNextDueAsync(CancellationToken cancellation)
    {
        var taking = await ReadStandingsAsync(Taking, int.MaxValue, cancellation);
        var next = taking.Select(SendingJob.DueOf).DefaultIfEmpty(EventDocument.Never).Min();
        return next < EventDocument.Never ? next : null;
    }

    /// <inheritdoc />
    public Task MakeDueAsync(string subscriptionId, DateTimeOffset now, CancellationToken cancellation) =>
        _calls.WriteAsync(
            (_, late) =>
                _collections.Subscriptions.UpdateOneAsync(
                    new BsonDocument
                    {
                        { "_id", subscriptionId },
                        { "held", SendingJob.NotHeld },
                        { "next", new BsonDocument("$lt", EventDocument.Never) },
                    },
                    new BsonDocument("$set", new BsonDocument("next", now.UtcDateTime)),
                    cancellationToken: late
                ),
            cancellation
        );

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
    public Task<int> ResendAsync(
        string subscriptionId,
        long first,
        long last,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var job = new ResendJob(_collections, subscriptionId, now.UtcDateTime);
        return _transactions.RunAsync((session, late) => job.WriteAsync(first, last, session, late), cancellation);
    }

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
        var state = SendingDocument.Read(standing);
        return new SubscriptionLedger(
            standing["last"].ToInt64(),
            count,
            oldest,
            state.FailingSince,
            state.LastError,
            standing.TryGetValue("taken", out var taken) ? taken.ToUniversalTime() : null,
            state.Failures
        );
    }

    /// <inheritdoc />
    public Task<(long Count, DateTimeOffset? Oldest)> ReadOpenObligationsAsync(
        OdsCode authority,
        CancellationToken cancellation
    ) =>
        CountAsync(
            _collections.Occurrences,
            new BsonDocument
            {
                { "open", authority.Value },
                { "left", new BsonDocument("$gt", 0) },
                TopicField.Owed,
            },
            cancellation
        );

    /// <summary>
    /// Authorities and topics with a Subscription that takes events and with obligations that have none: found by two small reads, so
    /// that an exchange in which nothing happens costs next to nothing.
    /// </summary>
    private async Task<IReadOnlyList<(string Authority, Topic Topic)>> ReadToNumberAsync(
        int limit,
        CancellationToken cancellation
    )
    {
        var taking = await ReadStandingsAsync(Taking, int.MaxValue, cancellation);
        if (taking.Count == 0)
            return [];
        var byToDo = taking
            .GroupBy(s => TopicField.ToDo(s["a"].AsString, TopicField.Of(s)), StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group =>
                    (
                        Told: (group.First()["a"].AsString, TopicField.Of(group.First())),
                        IsBehind: group.Any(s => s.GetValue("behind", false).AsBoolean)
                    ),
                StringComparer.Ordinal
            );
        var todo = new BsonDocument
        {
            { "todo", new BsonDocument("$in", new BsonArray(byToDo.Keys)) },
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
            .. byToDo
                .Where(each => each.Value.IsBehind)
                .Select(each => each.Key)
                .Concat(waiting.SelectMany(o => o["todo"].AsBsonArray.Select(a => a.AsString)))
                .Where(byToDo.ContainsKey)
                .Distinct()
                .Select(key => byToDo[key].Told),
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
