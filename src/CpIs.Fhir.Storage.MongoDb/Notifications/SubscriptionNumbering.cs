using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// The events that one Subscription gets of open obligations: each the next number, but for one that raced another, which joins
/// the other's event if that was never claimed.
/// </summary>
internal sealed class SubscriptionNumbering(Collections collections, BsonDocument subscription, DateTime due)
{
    private readonly string _id = subscription["_id"].AsString;
    private readonly List<BsonDocument> _created = [];
    private readonly Dictionary<string, List<BsonDocument>> _joined = new(StringComparer.Ordinal);
    private readonly bool _sends = subscription.GetValue("sends", true).AsBoolean;
    private readonly bool _merges = TopicField.Of(subscription).Row().Merges;
    private readonly HashSet<string> _new = new(StringComparer.Ordinal);
    private readonly Dictionary<BsonValue, List<BsonDocument>> _joinable = [];

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
        // One that rests after a failure or that somebody has goes on as it was; an inbox is never due.
        if (_created.Count > 0 && _sends && !Rests() && !subscription.GetValue("held", false).AsBoolean)
            update.Add("$min", new BsonDocument("next", due));
        if (own.Count > 0 || progress is not null)
            await collections.Subscriptions.UpdateOneAsync(
                session,
                new BsonDocument("_id", _id),
                update,
                cancellationToken: cancellation
            );
    }

    private bool Rests() =>
        subscription.Contains("fail") && subscription["next"].ToUniversalTime() < EventDocument.Never;

    private async Task ReadJoinableAsync(
        IClientSessionHandle session,
        List<BsonDocument> own,
        CancellationToken cancellation
    )
    {
        var children = own.Where(o => o.Contains("c")).Select(occurrence => occurrence["c"]).Distinct().ToList();
        if (children.Count == 0 || !_merges)
            return;
        var joinable = await collections
            .Events.Find(
                session,
                new BsonDocument
                {
                    { "c", new BsonDocument("$in", new BsonArray(children)) },
                    { "s", _id },
                    { "f", 0L },
                    { "t", new BsonDocument("$gte", own[0]["t"].ToUniversalTime() - Attendance.Quiet) },
                }
            )
            .ToListAsync(cancellation);
        joinable.ForEach(AddJoinable);
    }

    private void AddJoinable(BsonDocument told)
    {
        if (!told.TryGetValue("c", out var child))
            return;
        if (!_joinable.TryGetValue(child, out var ofChild))
            _joinable.Add(child, ofChild = []);
        ofChild.Add(told);
    }

    private void Take(BsonDocument occurrence)
    {
        if (FindEventToJoin(occurrence) is { } joined)
        {
            var id = joined["_id"].AsString;
            if (occurrence["t"] < joined["t"])
                joined["t"] = occurrence["t"];
            // One made in this very transaction is not written yet.
            if (_new.Contains(id))
                joined["of"].AsBsonArray.Add(EventDocument.Entry(occurrence));
            else if (_joined.TryGetValue(id, out var more))
                more.Add(occurrence);
            else
                _joined.Add(id, [occurrence]);
            return;
        }

        var number = subscription["last"].ToInt64() + _created.Count + 1;
        var created = EventDocument.Create(_id, subscription["a"].AsString, number, occurrence, _sends);
        _created.Add(created);
        _new.Add(created["_id"].AsString);
        if (_sends && _merges)
            AddJoinable(created);
    }

    private BsonDocument? FindEventToJoin(BsonDocument occurrence) =>
        occurrence.TryGetValue("c", out var child) && _joinable.TryGetValue(child, out var ofChild)
            ? ofChild
                .Where(e =>
                    e["g"] == occurrence["g"]
                    && Attendance.IsSame(e["t"].ToUniversalTime(), occurrence["t"].ToUniversalTime())
                )
                .OrderByDescending(e => e["t"].ToUniversalTime())
                .ThenBy(e => e["n"].ToInt64())
                .FirstOrDefault()
            : null;

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
            new BsonDocument
            {
                {
                    "$push",
                    new BsonDocument(
                        "of",
                        new BsonDocument("$each", new BsonArray(join.Value.Select(EventDocument.Entry)))
                    )
                },
                { "$min", new BsonDocument("t", join.Value.Min(occurrence => occurrence["t"])) },
            }
        ));
        var done = await collections.Events.BulkWriteAsync(session, writes, cancellationToken: cancellation);
        if (done.MatchedCount != _joined.Count)
            throw new RepeatTransactionException();
    }
}
