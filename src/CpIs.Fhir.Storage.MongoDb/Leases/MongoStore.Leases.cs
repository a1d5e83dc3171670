using CpIs.Fhir.Storage.MongoDb.Connections;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public Task<bool> TryHoldAsync(
        string name,
        string holder,
        DateTimeOffset now,
        TimeSpan duration,
        CancellationToken cancellation
    ) =>
        _calls.WriteAsync(
            async (_, late) =>
            {
                var until = (now + duration).UtcDateTime;
                if (await ExtendAsync(name, holder, now, until, late))
                    return true;
                try
                {
                    await _collections.Leases.InsertOneAsync(
                        new BsonDocument
                        {
                            { "_id", name },
                            { "holder", holder },
                            { "until", until },
                        },
                        null,
                        late
                    );
                    return true;
                }
                catch (MongoWriteException failure) when (StoreFailure.IsDuplicate(failure))
                {
                    // It is there: neither ours nor lapsed, or an earlier try of ours wrote it.
                    return await ExtendAsync(name, holder, now, until, late);
                }
            },
            cancellation
        );

    /// <summary>
    /// Takes a lease that is there, when it is ours or has lapsed. An update apart from the insert, and no upsert: an upsert whose filter has
    /// an <c>$or</c> crashes DocumentDB 1.0 when another client inserts in the same moment, and two simple commands do as well.
    /// </summary>
    private async Task<bool> ExtendAsync(
        string name,
        string holder,
        DateTimeOffset now,
        DateTime until,
        CancellationToken late
    )
    {
        var mine = new BsonDocument("holder", holder);
        var lapsed = new BsonDocument("until", new BsonDocument("$lte", now.UtcDateTime));
        var result = await _collections.Leases.UpdateOneAsync(
            new BsonDocument
            {
                { "_id", name },
                {
                    "$or",
                    new BsonArray { mine, lapsed }
                },
            },
            new BsonDocument("$set", new BsonDocument { { "holder", holder }, { "until", until } }),
            null,
            late
        );
        return result.MatchedCount == 1;
    }

    /// <inheritdoc />
    public Task ReleaseAsync(string name, string holder, CancellationToken cancellation) =>
        _calls.WriteAsync(
            (_, late) =>
                _collections.Leases.DeleteOneAsync(new BsonDocument { { "_id", name }, { "holder", holder } }, late),
            cancellation
        );
}
