using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>
/// Events of a copy as documents. Whom an event is about, by which another may join it, is that of the occurrences it reports,
/// which are already there.
/// </summary>
internal sealed class IncomingEvents(Collections collections, BulkInsert bulk)
{
    public async Task WriteAsync(IReadOnlyList<PortableEvent> events, CancellationToken cancellation)
    {
        var authorities = await ReadAsync(
            collections.Subscriptions,
            events.Select(e => e.SubscriptionId),
            ["a"],
            cancellation
        );
        var occurrences = await ReadAsync(
            collections.Occurrences,
            events.SelectMany(e => e.Occurrences),
            ["t", "c", "g"],
            cancellation
        );
        await bulk.InsertAsync(
            collections.Events,
            events.Select(e => ToDocument(e, authorities, occurrences)),
            cancellation
        );
    }

    private static BsonDocument ToDocument(
        PortableEvent record,
        Dictionary<string, BsonDocument> authorities,
        Dictionary<string, BsonDocument> occurrences
    )
    {
        if (!authorities.TryGetValue(record.SubscriptionId, out var standing))
            throw new StoreUnavailableException(
                $"Subscription {record.SubscriptionId} has an event, but was not copied."
            );
        var told = record.Occurrences.Select(id => occurrences.GetValueOrDefault(id) ?? Gone(record, id)).ToList();
        var document = EventDocument.Create(
            record.SubscriptionId,
            standing["a"].AsString,
            record.Number,
            told[0],
            true
        );
        document["t"] = record.Time.UtcDateTime;
        document["of"] = new BsonArray(told.Select(EventDocument.Entry));
        document["f"] = record.Fence;
        if (record.Delivered is not { } delivered)
            return document;
        document.Remove("live");
        return document.Add("told", delivered.UtcDateTime);
    }

    /// <summary>What is left of an occurrence that was kept long enough: that a delivered event names it.</summary>
    private static BsonDocument Gone(PortableEvent record, string occurrence) =>
        record.Delivered is not null
            ? new BsonDocument
            {
                { "_id", occurrence },
                { "t", record.Time.UtcDateTime },
                { "g", "" },
            }
            : throw new StoreUnavailableException(
                $"Event {record.Number} of Subscription {record.SubscriptionId} reports occurrence {occurrence}, which was not copied."
            );

    private static async Task<Dictionary<string, BsonDocument>> ReadAsync(
        IMongoCollection<BsonDocument> collection,
        IEnumerable<string> ids,
        IEnumerable<string> fields,
        CancellationToken cancellation
    )
    {
        var found = new Dictionary<string, BsonDocument>(StringComparer.Ordinal);
        var wanted = new BsonDocument(fields.Select(field => new BsonElement(field, 1)));
        foreach (var some in ids.Distinct().Chunk(1_000))
        foreach (
            var document in await Calls.ReadOnceAsync(
                () =>
                    collection
                        .Find(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some))))
                        .Project(wanted)
                        .ToListAsync(cancellation),
                cancellation
            )
        )
            found[document["_id"].AsString] = document;
        return found;
    }
}
