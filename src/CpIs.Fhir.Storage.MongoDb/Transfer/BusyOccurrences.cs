using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>
/// On how many events that are not delivered each occurrence stands (<c>busy</c>), by which retention leaves it alone. Counted
/// from the events once all are there.
/// </summary>
internal static class BusyOccurrences
{
    public static async Task SetAsync(Collections collections, BulkInsert bulk, CancellationToken cancellation)
    {
        var busy = new Dictionary<string, (BsonDocument Occurrence, int Events)>(StringComparer.Ordinal);
        var live = WholeCursor.ReadAsync(
            collections.Events,
            new BsonDocument("live", true),
            new BsonDocument("_id", 1),
            cancellation,
            new BsonDocument("of", 1)
        );
        await foreach (var document in live)
        foreach (var entry in document["of"].AsBsonArray.Cast<BsonDocument>())
        {
            var id = entry["o"].AsString;
            var occurrence = new BsonDocument("_id", id);
            if (entry.TryGetValue("c", out var child))
                occurrence.Add("c", child);
            busy[id] = (occurrence, busy.GetValueOrDefault(id).Events + 1);
        }

        await bulk.WriteAsync(
            collections.Occurrences,
            busy.Values.Select(one => new UpdateOneModel<BsonDocument>(
                NumberingJob.ById(one.Occurrence),
                new BsonDocument("$set", new BsonDocument("busy", one.Events))
            )),
            cancellation
        );
    }
}
