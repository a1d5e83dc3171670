using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// How an attempt ended. Only the holder of the claim may say so: every event of the delivery must still carry its fence.
/// A released claim has no lease, so a second ending by the same holder changes nothing.
/// </summary>
internal sealed class DeliveryEnd(Collections collections, Delivery delivery, DateTime now)
{
    private readonly BsonArray _numbers = [.. delivery.Events.Select(e => e.Number)];

    /// <summary>Delivered: the events end, and so do their obligations, whoever else has events on them.</summary>
    public async Task<Kept<bool>> SettleAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var held = await HeldAsync(session, cancellation);
        if (held.Count != delivery.Events.Count)
            return new Kept<bool>(false, Keep: false);
        var live = held.Where(e => e.Contains("live")).ToList();
        if (live.Count == 0)
            return true;
        await collections.Events.UpdateManyAsync(
            session,
            Numbered(new BsonArray(live.Select(e => e["n"]))),
            new BsonDocument { { "$set", new BsonDocument("told", now) }, { "$unset", new BsonDocument("live", "") } },
            cancellationToken: cancellation
        );
        await collections.Occurrences.BulkWriteAsync(session, live.SelectMany(Settle), cancellationToken: cancellation);
        await collections.Subscriptions.UpdateOneAsync(
            session,
            BySubscription,
            new BsonDocument
            {
                {
                    "$unset",
                    new BsonDocument { { "fail", "" }, { "error", "" } }
                },
                { "$max", new BsonDocument("taken", now) },
            },
            cancellationToken: cancellation
        );
        return true;
    }

    /// <summary>Failed: the events are due again, and the claim is released.</summary>
    public async Task<Kept<bool>> RescheduleAsync(
        DateTime due,
        string reason,
        IClientSessionHandle session,
        CancellationToken cancellation
    )
    {
        var held = await HeldAsync(session, cancellation);
        if (held.Count != delivery.Events.Count || held.Any(e => !e.Contains("live")))
            return new Kept<bool>(false, Keep: false);
        await collections.Events.UpdateManyAsync(
            session,
            Numbered(_numbers),
            new BsonDocument
            {
                {
                    "$set",
                    new BsonDocument { { "lease", EventDocument.Free }, { "due", due } }
                },
                { "$inc", new BsonDocument("x", 1) },
            },
            cancellationToken: cancellation
        );
        var standing = await collections.Subscriptions.Find(session, BySubscription).FirstAsync(cancellation);
        await collections.Subscriptions.UpdateOneAsync(
            session,
            BySubscription,
            new BsonDocument
            {
                {
                    "$set",
                    new BsonDocument { { "fail", standing.GetValue("fail", now) }, { "error", reason } }
                },
                { "$min", new BsonDocument("next", due) },
            },
            cancellationToken: cancellation
        );
        return true;
    }

    private BsonDocument BySubscription => new("_id", delivery.SubscriptionId);

    private Task<List<BsonDocument>> HeldAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var held = Numbered(_numbers);
        held.Add("f", delivery.Fence);
        held.Add("lease", new BsonDocument("$gt", EventDocument.Free));
        return collections.Events.Find(session, held).ToListAsync(cancellation);
    }

    private BsonDocument Numbered(BsonArray numbers) =>
        new() { { "s", delivery.SubscriptionId }, { "n", new BsonDocument("$in", numbers) } };

    /// <summary>Its authority has been notified of each occurrence, once, whichever of its Subscriptions was first.</summary>
    private IEnumerable<UpdateOneModel<BsonDocument>> Settle(BsonDocument settled)
    {
        var authority = settled["a"];
        foreach (var entry in settled["of"].AsBsonArray.Cast<BsonDocument>())
        {
            var occurrence = new BsonDocument("_id", entry["o"]);
            if (entry.TryGetValue("c", out var child))
                occurrence.Add("c", child);
            yield return new UpdateOneModel<BsonDocument>(
                occurrence,
                new BsonDocument("$inc", new BsonDocument("busy", -1))
            );
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
