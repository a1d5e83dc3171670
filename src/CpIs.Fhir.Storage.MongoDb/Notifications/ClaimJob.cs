using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// Takes due events of one Subscription under a lease. Every claim writes the Subscription's fence, so of two at once one
/// begins again and finds what is left. A leased event is due again when its lease lapses, so <c>due</c> alone says what
/// may be taken.
/// </summary>
internal sealed class ClaimJob(Collections collections, string subscription, long turn, DateTime now, DateTime lease)
{
    /// <summary>One batch, or null when nothing is due.</summary>
    public async Task<Kept<Delivery?>> WriteAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var byId = new BsonDocument("_id", subscription);
        var standing = await collections.Subscriptions.Find(session, byId).FirstOrDefaultAsync(cancellation);
        if (standing is null || !standing["takes"].AsBoolean)
            return new Kept<Delivery?>(null, Keep: false);
        var due = await collections
            .Events.Find(
                session,
                new BsonDocument
                {
                    { "s", subscription },
                    { "live", true },
                    { "due", new BsonDocument("$lte", now) },
                },
                // In the order of numbers and no further than the batch; by the time they are due, a Subscription that was
                // dead for days would have all of its events read and sorted for each batch.
                new FindOptions { Hint = "events_claim" }
            )
            .Sort(new BsonDocument("n", 1))
            .Limit(standing["most"].AsInt32)
            .ToListAsync(cancellation);
        var fence = standing["fence"].ToInt64() + 1;
        if (due.Count > 0)
            await collections.Events.UpdateManyAsync(
                session,
                new BsonDocument
                {
                    { "s", subscription },
                    { "n", new BsonDocument("$in", new BsonArray(due.Select(e => e["n"]))) },
                },
                new BsonDocument(
                    "$set",
                    new BsonDocument
                    {
                        { "f", fence },
                        { "lease", lease },
                        { "due", lease },
                    }
                ),
                cancellationToken: cancellation
            );
        var set = new BsonDocument("next", await NextAsync(session, cancellation));
        if (due.Count > 0)
            set.Add("fence", fence).Add("claim", turn);
        await collections.Subscriptions.UpdateOneAsync(
            session,
            byId,
            new BsonDocument("$set", set),
            cancellationToken: cancellation
        );
        return due.Count == 0
            ? new Kept<Delivery?>(null, Keep: true)
            : new Delivery(subscription, [.. due.Select(EventDocument.Read)], fence);
    }

    /// <summary>When the next event will be due, so that until then nobody looks.</summary>
    private async Task<DateTime> NextAsync(IClientSessionHandle session, CancellationToken cancellation)
    {
        var first = await collections
            .Events.Find(session, new BsonDocument { { "s", subscription }, { "live", true } })
            .Sort(new BsonDocument("due", 1))
            .Limit(1)
            .Project(new BsonDocument("due", 1))
            .FirstOrDefaultAsync(cancellation);
        return first is null ? EventDocument.Never : first["due"].ToUniversalTime();
    }
}
