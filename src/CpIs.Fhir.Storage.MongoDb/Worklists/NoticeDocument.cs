using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Worklists;

/// <summary>
/// A notice as it lies in its occurrence: <c>open</c> while nobody was told, <c>told</c> when that ended, <c>taken</c> (authority, time, and the
/// occurrence that says who).
/// </summary>
internal static class NoticeDocument
{
    /// <summary>The notices of a query.</summary>
    public static BsonDocument Filter(NoticeQuery query)
    {
        var authority = query.Authority.Value;
        var filter = query.IsOpenOnly
            ? new BsonDocument { { "open", authority }, { "left", new BsonDocument("$gt", 0) } }
            : new BsonDocument { { "w", authority }, { "$or", new BsonArray(query.States.Select(Condition)) } };
        filter.Add(TopicField.Owed);
        if (query.Since is { } since)
            filter.Add("t", new BsonDocument("$gte", since.UtcDateTime));
        return filter;

        BsonDocument Condition(NoticeState state) =>
            state switch
            {
                NoticeState.Untold => new("open", authority),
                NoticeState.Told => new()
                {
                    { "told.a", authority },
                    { "taken.a", new BsonDocument("$ne", authority) },
                },
                NoticeState.Taken => new("taken.a", authority),
                _ => throw new ArgumentOutOfRangeException(nameof(query)),
            };
    }

    /// <summary>Those of the given occurrences.</summary>
    public static BsonDocument Of(OdsCode authority, IReadOnlyList<string> occurrences) =>
        new()
        {
            { "_id", new BsonDocument("$in", new BsonArray(occurrences)) },
            {
                "$or",
                new BsonArray { new BsonDocument("open", authority.Value), new BsonDocument("told.a", authority.Value) }
            },
        };

    public static Notice Read(BsonDocument occurrence, OdsCode authority)
    {
        var taken = EntryOf(occurrence, "taken", authority);
        return new Notice(
            occurrence["_id"].AsString,
            occurrence["t"].ToUniversalTime(),
            EntryOf(occurrence, "told", authority)?["t"].ToUniversalTime(),
            taken?["t"].ToUniversalTime(),
            taken?["by"].AsString
        );
    }

    /// <summary>What <c>told</c> or <c>taken</c> says of an authority, or null.</summary>
    public static BsonDocument? EntryOf(BsonDocument occurrence, string field, OdsCode authority) =>
        occurrence.TryGetValue(field, out var entries)
            ? entries.AsBsonArray.Cast<BsonDocument>().FirstOrDefault(entry => entry["a"] == authority.Value)
            : null;

    /// <summary>An entry of <c>taken</c>.</summary>
    public static BsonDocument Taken(OdsCode authority, DateTimeOffset time, string by) =>
        new()
        {
            { "a", authority.Value },
            { "t", time.UtcDateTime },
            { "by", by },
        };
}
