using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<long>> FindDeliveredUntoldAsync(
        string subscriptionId,
        int limit,
        CancellationToken cancellation
    )
    {
        var standing = await FirstAsync(
            _collections.Subscriptions,
            new BsonDocument("_id", subscriptionId),
            cancellation
        );
        if (standing is null)
            return [];
        var open = new BsonDocument
        {
            { "open", standing["a"] },
            { "left", new BsonDocument("$gt", 0) },
            { "num", subscriptionId },
        };
        var occurrences = await _calls.ReadAsync(
            late =>
                _collections
                    .Occurrences.Find(open, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument { { "t", 1 }, { "_id", 1 } })
                    .Limit(limit)
                    .Project(new BsonDocument("_id", 1))
                    .ToListAsync(late),
            cancellation
        );
        if (occurrences.Count == 0)
            return [];
        var delivered = new BsonDocument
        {
            { "s", subscriptionId },
            { "n", new BsonDocument("$gt", 0) },
            { "told", new BsonDocument("$exists", true) },
            { "of.o", new BsonDocument("$in", new BsonArray(occurrences.Select(occurrence => occurrence["_id"]))) },
        };
        var events = await _calls.ReadAsync(
            late =>
                _collections
                    .Events.Find(delivered, new FindOptions { Hint = "events_read", MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument("n", 1))
                    .Limit(limit)
                    .Project(new BsonDocument("n", 1))
                    .ToListAsync(late),
            cancellation
        );
        return [.. events.Select(each => each["n"].ToInt64())];
    }
}
