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
                var mine = new BsonDocument("holder", holder);
                var lapsed = new BsonDocument("until", new BsonDocument("$lte", now.UtcDateTime));
                var held = new BsonDocument { { "holder", holder }, { "until", (now + duration).UtcDateTime } };
                try
                {
                    await _collections.Leases.UpdateOneAsync(
                        new BsonDocument
                        {
                            { "_id", name },
                            {
                                "$or",
                                new BsonArray { mine, lapsed }
                            },
                        },
                        new BsonDocument("$set", held),
                        new UpdateOptions { IsUpsert = true },
                        late
                    );
                    return true;
                }
                catch (MongoWriteException failure) when (StoreFailure.IsDuplicate(failure))
                {
                    // It is there, and neither ours nor lapsed.
                    return false;
                }
            },
            cancellation
        );

    /// <inheritdoc />
    public Task ReleaseAsync(string name, string holder, CancellationToken cancellation) =>
        _calls.WriteAsync(
            (_, late) =>
                _collections.Leases.DeleteOneAsync(new BsonDocument { { "_id", name }, { "holder", holder } }, late),
            cancellation
        );
}
