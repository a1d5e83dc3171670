using System.Globalization;
using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>Events for a copy, Subscription by Subscription in the order of their numbers.</summary>
internal static class OutgoingEvents
{
    public static async IAsyncEnumerable<(PortableRecord, string)> ReadAsync(
        Collections collections,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var documents = WholeCursor.ReadAsync(
            collections.Events,
            After(after),
            new BsonDocument { { "s", 1 }, { "n", 1 } },
            cancellation
        );
        await foreach (var document in documents)
        {
            var told = EventDocument.Read(document);
            yield return (
                new PortableEvent(
                    told.SubscriptionId,
                    told.Number,
                    told.Time,
                    told.Occurrences,
                    document["f"].ToInt64(),
                    told.Delivered
                ),
                KeyOf(told)
            );
        }
    }

    private static string KeyOf(NotificationEvent told) =>
        string.Create(CultureInfo.InvariantCulture, $"{told.Number} {told.SubscriptionId}");

    private static BsonDocument After(string? key)
    {
        if (key is null)
            return [];
        var end = key.IndexOf(' ', StringComparison.Ordinal);
        var (number, subscription) = (long.Parse(key[..end], CultureInfo.InvariantCulture), key[(end + 1)..]);
        return new BsonDocument(
            "$or",
            new BsonArray
            {
                new BsonDocument("s", new BsonDocument("$gt", subscription)),
                new BsonDocument { { "s", subscription }, { "n", new BsonDocument("$gt", number) } },
            }
        );
    }
}
