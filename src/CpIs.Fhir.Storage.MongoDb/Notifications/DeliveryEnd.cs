using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// Delivered: the events end, and, where it tells, so do their obligations, whoever else has events on them. Only who has the Subscription may say so; said
/// twice, it changes nothing.
/// </summary>
internal sealed class DeliveryEnd(Collections collections, Delivery delivery, DateTime now, bool tells)
{
    public async Task<Kept<bool>> SettleAsync(
        SendingState state,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var sending = new SendingJob(collections, delivery.SubscriptionId);
        if (!await sending.KeepAsync(delivery, state, now, session, cancellation))
            return new Kept<bool>(false, Keep: false);
        var live = await collections
            .Events.Find(session, Live(new BsonArray(delivery.Events.Select(e => e.Number))))
            .ToListAsync(cancellation);
        if (live.Count > 0)
        {
            await collections.Events.UpdateManyAsync(
                session,
                Live(new BsonArray(live.Select(e => e["n"]))),
                new BsonDocument
                {
                    { "$set", new BsonDocument("told", now) },
                    { "$unset", new BsonDocument("live", "") },
                },
                cancellationToken: cancellation
            );
            await collections.Occurrences.BulkWriteAsync(
                session,
                live.SelectMany(Settle),
                cancellationToken: cancellation
            );
        }

        return true;
    }

    private BsonDocument Live(BsonArray numbers) =>
        new()
        {
            { "s", delivery.SubscriptionId },
            { "n", new BsonDocument("$in", numbers) },
            { "live", true },
        };

    /// <summary>No more is to be sent of each occurrence here; and its authority has been told of it, once.</summary>
    private IEnumerable<UpdateOneModel<BsonDocument>> Settle(BsonDocument settled)
    {
        var authority = settled["a"];
        foreach (var occurrence in EventDocument.OccurrencesOf(settled))
        {
            yield return new UpdateOneModel<BsonDocument>(
                occurrence,
                new BsonDocument("$inc", new BsonDocument("busy", -1))
            );
            if (!tells)
                continue;
            yield return new UpdateOneModel<BsonDocument>(
                new BsonDocument(occurrence) { { "open", authority } },
                new BsonDocument
                {
                    { "$pull", new BsonDocument("open", authority) },
                    { "$inc", new BsonDocument("left", -1) },
                    { "$push", new BsonDocument("told", new BsonDocument { { "a", authority }, { "t", now } }) },
                }
            );
        }
    }
}
