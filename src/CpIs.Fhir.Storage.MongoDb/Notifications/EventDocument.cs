using CpIs.Fhir.Core.Notifications;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Notifications;

/// <summary>
/// A numbered event: <c>_id</c> Subscription and number, <c>s</c>, <c>n</c>, <c>a</c> authority, <c>t</c> time of its first
/// occurrence, <c>c</c>, <c>g</c> (child and setting: what joins it), <c>of</c> its occurrences, each with
/// id, time and child. <c>live</c> until it is delivered, <c>told</c> when it was, <c>f</c> the fence of who had it last (zero: nobody yet, it may
/// still be joined). <c>due</c>, <c>lease</c> and <c>x</c> are for servers of the version before, which look there when to send it.
/// </summary>
internal static class EventDocument
{
    /// <summary>No lease.</summary>
    public static DateTime Free { get; } = DateTime.UnixEpoch;

    /// <summary>When an event is due that is not there.</summary>
    public static DateTime Never { get; } = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    public static string IdOf(string subscription, long number) => $"{subscription}/{number:D12}";

    public static BsonDocument Create(
        string subscription,
        string authority,
        long number,
        BsonDocument occurrence,
        bool sends
    )
    {
        var document = new BsonDocument
        {
            { "_id", IdOf(subscription, number) },
            { "s", subscription },
            { "n", number },
            { "a", authority },
            { "t", occurrence["t"] },
            { "g", occurrence["g"] },
            {
                "of",
                new BsonArray { Entry(occurrence) }
            },
            { "live", true },
            { "due", occurrence["t"] },
            { "lease", Free },
            // An inbox may have been read: what comes later is an event of its own.
            { "f", sends ? 0L : 1L },
            { "x", 0 },
        };
        if (occurrence.TryGetValue("c", out var child))
            document.Add("c", child);
        return document;
    }

    /// <summary>An occurrence as its event names it.</summary>
    public static BsonDocument Entry(BsonDocument occurrence)
    {
        var entry = new BsonDocument { { "o", occurrence["_id"] }, { "t", occurrence["t"] } };
        return occurrence.TryGetValue("c", out var child) ? entry.Add("c", child) : entry;
    }

    /// <summary>Finds each occurrence of an event, on the shard of its child.</summary>
    public static IEnumerable<BsonDocument> OccurrencesOf(BsonDocument document)
    {
        foreach (var entry in document["of"].AsBsonArray.Cast<BsonDocument>())
        {
            var occurrence = new BsonDocument("_id", entry["o"]);
            yield return entry.TryGetValue("c", out var child) ? occurrence.Add("c", child) : occurrence;
        }
    }

    public static NotificationEvent Read(BsonDocument document) =>
        new(
            document["s"].AsString,
            document["n"].ToInt64(),
            document["t"].ToUniversalTime(),
            [
                .. document["of"]
                    .AsBsonArray.Select(entry => (Time: entry["t"].ToUniversalTime(), Id: entry["o"].AsString))
                    .OrderBy(entry => entry.Time)
                    .ThenBy(entry => entry.Id, StringComparer.Ordinal)
                    .Select(entry => entry.Id),
            ],
            document.TryGetValue("told", out var told) ? told.ToUniversalTime() : null
        );
}
