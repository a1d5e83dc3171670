using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public Task<int> RemoveOccurrencesAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        RemoveAsync(
            _collections.Occurrences,
            new BsonDocument
            {
                { "t", new BsonDocument("$lt", before.UtcDateTime) },
                // Neither one whose authority was not told, nor one that an event is still to tell of.
                {
                    "$nor",
                    new BsonArray
                    {
                        new BsonDocument { { "left", new BsonDocument("$gt", 0) }, TopicField.Owed },
                    }
                },
                { "busy", NotAboveZero() },
            },
            "t",
            limit,
            cancellation
        );

    /// <inheritdoc />
    public Task<int> RemoveEventsAsync(DateTimeOffset deliveredBefore, int limit, CancellationToken cancellation) =>
        RemoveAsync(
            _collections.Events,
            // Said, and not only meant: compatible engines else do not see that the partial index serves it.
            new BsonDocument("told", new BsonDocument { { "$exists", true }, { "$lt", deliveredBefore.UtcDateTime } }),
            "told",
            limit,
            cancellation
        );

    /// <inheritdoc />
    public Task<int> RemoveVersionsAsync(DateTimeOffset writtenBefore, int limit, CancellationToken cancellation) =>
        RemoveAsync(
            _collections.Versions,
            new BsonDocument("u", new BsonDocument("$lt", writtenBefore.UtcDateTime)),
            "u",
            limit,
            cancellation
        );

    /// <inheritdoc />
    public async Task<int> RemoveExpiredAsync(int limit, CancellationToken cancellation)
    {
        var expired = new BsonDocument("exp", new BsonDocument("$lte", Now - IRetentionStore.ExpiredKeptFor));
        var removed = await RemoveAsync(_collections.Answers, expired, "exp", limit, cancellation);
        if (removed < limit)
            removed += await RemoveAsync(_collections.Used, expired, "exp", limit - removed, cancellation);
        if (removed < limit)
            await RemoveTracesAsync(limit, cancellation);
        return removed;
    }

    /// <summary>What only this store keeps, and nobody counts.</summary>
    private async Task RemoveTracesAsync(int limit, CancellationToken cancellation)
    {
        // A commit's mark is asked for within the minute, and kept for a day; what was granted, ten times as long as it must be.
        var marks = new BsonDocument("at", new BsonDocument("$lt", Now.AddDays(-1)));
        await RemoveAsync(_collections.Commits, marks, "at", limit, cancellation);
        var reports = new BsonDocument("t", new BsonDocument("$lt", Now - 10 * IUseLedger.KeptFor));
        await RemoveAsync(_collections.Uses, reports, "t", limit, cancellation);
    }

    private static BsonDocument NotAboveZero() => new("$not", new BsonDocument("$gt", 0));

    private Task<int> RemoveAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument filter,
        string oldest,
        int limit,
        CancellationToken cancellation
    ) =>
        _calls.WriteAsync(
            async (_, late) =>
            {
                var removed = 0L;
                while (removed < limit)
                {
                    var due = await collection
                        .Find(filter)
                        .Sort(new BsonDocument(oldest, 1))
                        .Limit(limit - (int)removed)
                        .Project(new BsonDocument("_id", 1))
                        .ToListAsync(late);
                    if (due.Count == 0)
                        break;
                    // The condition once more: one of them may have changed since it was found, or another server was faster.
                    var still = new BsonDocument(filter)
                    {
                        { "_id", new BsonDocument("$in", new BsonArray(due.Select(document => document["_id"]))) },
                    };
                    removed += (await collection.DeleteManyAsync(still, late)).DeletedCount;
                }

                return (int)removed;
            },
            cancellation
        );
}
