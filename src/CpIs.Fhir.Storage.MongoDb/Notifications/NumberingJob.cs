using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// Open obligations of one authority on one topic become numbered events on every Subscription of both that takes events, in one transaction:
/// the Subscriptions go in step, so that a delivery of one never costs another its event. Two servers that number at once
/// meet in the documents that both write, and one of them begins again.
/// </summary>
internal sealed class NumberingJob(
    Collections collections,
    (string Authority, Topic Topic) told,
    DateTime now,
    DateTime due,
    int limit
)
{
    private readonly string _toDo = TopicField.ToDo(told.Authority, told.Topic);

    /// <summary>How many obligations were looked at; fewer than the limit means none is left.</summary>
    public async Task<Kept<int>> WriteAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var taking = await collections
            .Subscriptions.Find(
                session,
                new BsonDocument
                {
                    { "a", told.Authority },
                    { "takes", true },
                    TopicField.Is(told.Topic),
                }
            )
            .Sort(new BsonDocument("_id", 1))
            .ToListAsync(cancellation);
        if (taking.Count == 0)
            return 0;
        var behind = taking.Where(s => s.GetValue("behind", false).AsBoolean).ToList();
        var most = limit;
        var open = await ReadOpenAsync(behind, most, session, cancellation);
        if (open.Count > 0 && taking.Exists(s => IsNewestFirst(s, open)))
            open = await ReadOpenAsync(behind, most = FirstEvents.Most, session, cancellation);
        if (open.Count == 0 && behind.Count == 0)
            return 0;

        foreach (var subscription in taking)
            await new SubscriptionNumbering(collections, subscription, due).WriteAsync(
                session,
                IsNewestFirst(subscription, open) ? [.. open.AsEnumerable().Reverse()] : open,
                behind.Count == 0 ? null : Progress(subscription, open, most),
                cancellation
            );
        await MarkAsync(session, open, taking, cancellation);
        return open.Count;
    }

    private Task<List<BsonDocument>> ReadOpenAsync(
        List<BsonDocument> behind,
        int most,
        IClientSessionHandle session,
        CancellationToken cancellation
    ) =>
        collections
            .Occurrences.Find(session, behind.Count > 0 ? OpenBehind(behind) : ToDo())
            .Sort(new BsonDocument { { "t", 1 }, { "_id", 1 } })
            .Limit(most)
            .Project(new BsonDocument("d", 0))
            .ToListAsync(cancellation);

    private bool IsNewestFirst(BsonDocument subscription, List<BsonDocument> open) =>
        open.Count > 0
        && FirstEvents.AreNewestFirst(subscription["last"].ToInt64(), open[0]["t"].ToUniversalTime(), now);

    private BsonDocument ToDo() => new() { { "todo", _toDo }, { "todos", new BsonDocument("$gt", 0) } };

    /// <summary>Everything open from where the Subscription that is furthest behind has come to.</summary>
    private BsonDocument OpenBehind(List<BsonDocument> behind)
    {
        var (time, id) = behind.Min(s => (s["seenT"].ToUniversalTime(), s["seenId"].AsString));
        return new BsonDocument
        {
            { "open", told.Authority },
            { "left", new BsonDocument("$gt", 0) },
            TopicField.Is(told.Topic),
            { "t", new BsonDocument("$gte", time) },
            {
                "$or",
                new BsonArray
                {
                    new BsonDocument("t", new BsonDocument("$gt", time)),
                    new BsonDocument("_id", new BsonDocument("$gt", id)),
                }
            },
        };
    }

    /// <summary>How far a Subscription that is behind has come; a page that is not full was the last.</summary>
    private static BsonDocument? Progress(BsonDocument subscription, List<BsonDocument> open, int most)
    {
        if (!subscription.GetValue("behind", false).AsBoolean)
            return null;
        if (open.Count < most)
            return new BsonDocument("behind", false);
        var at = (open[^1]["t"].ToUniversalTime(), open[^1]["_id"].AsString);
        return at.CompareTo((subscription["seenT"].ToUniversalTime(), subscription["seenId"].AsString)) > 0
            ? new BsonDocument { { "seenT", open[^1]["t"] }, { "seenId", open[^1]["_id"] } }
            : null;
    }

    private async Task MarkAsync(
        IClientSessionHandle session,
        List<BsonDocument> open,
        List<BsonDocument> taking,
        CancellationToken cancellation
    )
    {
        if (open.Count == 0)
            return;
        var writes = open.Select(occurrence =>
        {
            var fresh = taking.Count(s => !IsNumbered(occurrence, s["_id"]));
            var isToDo = occurrence.TryGetValue("todo", out var todo) && todo.AsBsonArray.Contains(_toDo);
            var update = new BsonDocument(
                "$addToSet",
                new BsonDocument("num", new BsonDocument("$each", new BsonArray(taking.Select(s => s["_id"]))))
            );
            if (isToDo)
                update.Add("$pull", new BsonDocument("todo", _toDo));
            update.Add("$inc", new BsonDocument { { "busy", fresh }, { "todos", isToDo ? -1 : 0 } });
            return new UpdateOneModel<BsonDocument>(ById(occurrence), update);
        });
        await collections.Occurrences.BulkWriteAsync(session, writes, cancellationToken: cancellation);
    }

    /// <summary>An occurrence by its id, and by its child where it has one, which names its shard.</summary>
    public static BsonDocument ById(BsonDocument occurrence)
    {
        var filter = new BsonDocument("_id", occurrence["_id"]);
        return occurrence.TryGetValue("c", out var child) ? filter.Add("c", child) : filter;
    }

    /// <summary>True when a Subscription has an event of it already.</summary>
    public static bool IsNumbered(BsonDocument occurrence, BsonValue subscription) =>
        occurrence.TryGetValue("num", out var numbered) && numbered.AsBsonArray.Contains(subscription);
}
