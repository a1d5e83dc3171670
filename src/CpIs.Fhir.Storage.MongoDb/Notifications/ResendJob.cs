using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>Delivered events of one Subscription are to be sent once more.</summary>
internal sealed class ResendJob(Collections collections, string subscription, DateTime now)
{
    private const int Most = 1_000;

    public async Task<Kept<int>> WriteAsync(
        long first,
        long last,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var standing = await collections
            .Subscriptions.Find(
                session,
                new BsonDocument { { "_id", subscription }, { "sends", new BsonDocument("$ne", false) } }
            )
            .FirstOrDefaultAsync(cancellation);
        var delivered = standing is null ? [] : await ReadDeliveredAsync(first, last, session, cancellation);
        if (delivered.Count == 0)
            return new Kept<int>(0, Keep: false);
        await collections.Events.UpdateManyAsync(
            session,
            new BsonDocument("_id", new BsonDocument("$in", new BsonArray(delivered.Select(e => e["_id"])))),
            new BsonDocument
            {
                {
                    "$set",
                    new BsonDocument { { "live", true }, { "due", now } }
                },
                { "$unset", new BsonDocument("told", "") },
            },
            cancellationToken: cancellation
        );
        await collections.Occurrences.BulkWriteAsync(
            session,
            delivered
                .SelectMany(EventDocument.OccurrencesOf)
                .Select(filter => new UpdateOneModel<BsonDocument>(
                    filter,
                    new BsonDocument("$inc", new BsonDocument("busy", 1))
                )),
            cancellationToken: cancellation
        );
        // Written in any case, so that of this and a holder that finds nothing more to send one begins again.
        await collections.Subscriptions.UpdateOneAsync(
            session,
            new BsonDocument("_id", subscription),
            new BsonDocument("$inc", new BsonDocument("again", 1L)),
            cancellationToken: cancellation
        );
        // Whoever has the Subscription finds them with its next batch.
        await collections.Subscriptions.UpdateOneAsync(
            session,
            new BsonDocument { { "_id", subscription }, { "held", SendingJob.NotHeld } },
            new BsonDocument("$set", new BsonDocument("next", now)),
            cancellationToken: cancellation
        );
        return delivered.Count;
    }

    private async Task<List<BsonDocument>> ReadDeliveredAsync(
        long first,
        long last,
        IClientSessionHandle session,
        CancellationToken cancellation
    ) =>
        await collections
            .Events.Find(
                session,
                new BsonDocument
                {
                    { "s", subscription },
                    {
                        "n",
                        new BsonDocument { { "$gte", first }, { "$lte", last } }
                    },
                    { "told", new BsonDocument("$exists", true) },
                }
            )
            .Limit(Most)
            .ToListAsync(cancellation);
}
