using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// The events that one Subscription gets of open obligations: an obligation of the same person, organisation and child joins
/// an event that was never claimed and is not older than the time for that; any other gets the next number.
/// </summary>
internal sealed class SubscriptionNumbering(
    Collections collections,
    BsonDocument subscription,
    DateTime due,
    TimeSpan coalesceWithin
)
{
    private readonly string _id = subscription["_id"].AsString;
    private readonly List<BsonDocument> _created = [];
    private readonly Dictionary<string, BsonArray> _joined = new(StringComparer.Ordinal);
    private List<BsonDocument> _joinable = [];

    /// <param name="session">The transaction.</param>
    /// <param name="open">Obligations of its authority, oldest first.</param>
    /// <param name="progress">What to note of how far it has come, or null.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task WriteAsync(
        IClientSessionHandle session,
        List<BsonDocument> open,
        BsonDocument? progress,
        CancellationToken cancellation
    )
    {
        var own = open.Where(occurrence => !NumberingJob.IsNumbered(occurrence, _id)).ToList();
        if (own.Count > 0)
        {
            await ReadJoinableAsync(session, own, cancellation);
            foreach (var occurrence in own)
                Take(occurrence);
            await WriteEventsAsync(session, cancellation);
        }

        var set = progress ?? [];
        set.Add("last", subscription["last"].ToInt64() + _created.Count);
        var update = new BsonDocument("$set", set);
        if (_created.Count > 0)
            update.Add("$min", new BsonDocument("next", due));
        if (own.Count > 0 || progress is not null)
            await collections.Subscriptions.UpdateOneAsync(
                session,
                new BsonDocument("_id", _id),
                update,
                cancellationToken: cancellation
            );
    }

    private async Task ReadJoinableAsync(
        IClientSessionHandle session,
        List<BsonDocument> own,
        CancellationToken cancellation
    )
    {
        var children = own.Where(IsKnown).Select(occurrence => occurrence["c"]).Distinct().ToList();
        if (children.Count == 0)
            return;
        _joinable = await collections
            .Events.Find(
                session,
                new BsonDocument
                {
                    { "c", new BsonDocument("$in", new BsonArray(children)) },
                    { "s", _id },
                    { "f", 0L },
                    { "t", new BsonDocument("$gte", own[0]["t"].ToUniversalTime() - coalesceWithin) },
                }
            )
            .ToListAsync(cancellation);
    }

    private void Take(BsonDocument occurrence)
    {
        if (FindEventToJoin(occurrence) is { } joined)
        {
            var id = joined["_id"].AsString;
            // One made in this very transaction is not written yet.
            if (_created.Contains(joined))
                joined["of"].AsBsonArray.Add(EventDocument.Entry(occurrence));
            else if (_joined.TryGetValue(id, out var more))
                more.Add(EventDocument.Entry(occurrence));
            else
                _joined.Add(id, [EventDocument.Entry(occurrence)]);
            return;
        }

        var number = subscription["last"].ToInt64() + _created.Count + 1;
        var created = EventDocument.Create(_id, subscription["a"].AsString, number, occurrence, due);
        _created.Add(created);
        if (IsKnown(occurrence))
            _joinable.Add(created);
    }

    // Of a person or child that is not known, nothing can be told to be the same.
    private static bool IsKnown(BsonDocument occurrence) => occurrence.Contains("c") && occurrence.Contains("p");

    private BsonDocument? FindEventToJoin(BsonDocument occurrence)
    {
        if (!IsKnown(occurrence))
            return null;
        var time = occurrence["t"].ToUniversalTime();
        return _joinable
            .Where(e =>
                e["c"] == occurrence["c"]
                && e.GetValue("p", BsonNull.Value) == occurrence["p"]
                && e["g"] == occurrence["g"]
                && e["t"].ToUniversalTime() <= time
                && e["t"].ToUniversalTime() >= time - coalesceWithin
            )
            .MinBy(e => e["t"].ToUniversalTime());
    }

    private async Task WriteEventsAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        try
        {
            if (_created.Count > 0)
                await collections.Events.InsertManyAsync(session, _created, cancellationToken: cancellation);
        }
        catch (MongoException failure) when (StoreFailure.IsDuplicate(failure))
        {
            // Another server gave these numbers a moment ago.
            throw new RepeatTransactionException();
        }

        if (_joined.Count == 0)
            return;
        var writes = _joined.Select(join => new UpdateOneModel<BsonDocument>(
            new BsonDocument
            {
                { "_id", join.Key },
                { "s", _id },
                { "f", 0L },
            },
            new BsonDocument("$push", new BsonDocument("of", new BsonDocument("$each", join.Value)))
        ));
        var done = await collections.Events.BulkWriteAsync(session, writes, cancellationToken: cancellation);
        if (done.MatchedCount != _joined.Count)
            throw new RepeatTransactionException();
    }
}
