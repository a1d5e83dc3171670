using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>
/// A <see cref="RecordQuery"/> as a filter. Tokens carry their owner and type, so a search over all owners asks for the token
/// of each: some hundred probes of one index instead of a second index over all tokens.
/// </summary>
internal static class SearchFilter
{
    /// <param name="query">What is asked.</param>
    /// <param name="protection">How the store writes tokens.</param>
    /// <param name="owners">Every owner of the type; read only where the query names no authority.</param>
    public static BsonDocument Of(RecordQuery query, RecordProtection protection, IReadOnlyList<string> owners)
    {
        var conditions = protection.Conditions(query.Conditions);
        var all = new BsonArray { new BsonDocument("y", (int)query.Type) };
        if (query.Authority is { } authority)
            all.Add(new BsonDocument("a", authority.Value));
        foreach (var condition in conditions)
            all.Add(Of(condition, query.Type, owners));
        // What was deleted has no other token, so tokens do not find it.
        if (conditions.All(condition => condition is Condition.AnyId or Condition.UpdatedWithin or Condition.Without))
            all.Add(
                Of(protection.Conditions([new Condition.Without([SearchTokens.Deleted])]).Single(), query.Type, owners)
            );

        return all.Count == 1 ? all[0].AsBsonDocument : new BsonDocument("$and", all);
    }

    /// <summary>What comes behind a position, in either order.</summary>
    public static BsonDocument Behind(string time, PagePosition position, BsonValue id, bool ascending)
    {
        var beyond = ascending ? "$gt" : "$lt";
        var at = position.Time.UtcDateTime;
        return new BsonDocument
        {
            { time, new BsonDocument(ascending ? "$gte" : "$lte", at) },
            {
                "$or",
                new BsonArray
                {
                    new BsonDocument(time, new BsonDocument(beyond, at)),
                    new BsonDocument("_id", new BsonDocument(beyond, id)),
                }
            },
        };
    }

    private static BsonDocument Of(Condition condition, RecordType type, IReadOnlyList<string> owners) =>
        condition switch
        {
            Condition.AnyToken any => new BsonDocument(
                "k",
                new BsonDocument(
                    "$in",
                    new BsonArray(owners.SelectMany(owner => any.Tokens.Select(t => StoredToken.Of(owner, type, t))))
                )
            ),
            Condition.Without without => new BsonDocument(
                "$nor",
                new BsonArray { Of(new Condition.AnyToken(without.Tokens), type, owners) }
            ),
            // U+10FFFF sorts after every character.
            Condition.TokenPrefix { Prefix: var prefix } => Between(type, prefix, prefix + "\U0010FFFF", owners),
            Condition.TokenRange { From: var from, To: var to } => Between(type, from, to, owners),
            Condition.AnyOf any => new BsonDocument(
                "$or",
                new BsonArray(any.Conditions.Select(one => Of(one, type, owners)))
            ),
            Condition.UpdatedWithin { Range: { IsOutside: true } outside } => Outside("u", outside),
            Condition.UpdatedWithin { Range: var range } => Within("u", range.From, range.To),
            Condition.AnyId ids => new BsonDocument(
                "_id",
                new BsonDocument("$in", new BsonArray(ids.Ids.Select(id => ResourceDocument.IdOf(type, id))))
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(condition)),
        };

    /// <summary>A range of time, bounds included; empty for no bound at all.</summary>
    public static BsonDocument Within(string field, DateTimeOffset? from, DateTimeOffset? to)
    {
        var range = new BsonDocument();
        if (from is { } earliest)
            range.Add("$gte", earliest.UtcDateTime);
        if (to is { } latest)
            range.Add("$lte", latest.UtcDateTime);
        return range.ElementCount == 0 ? [] : new BsonDocument(field, range);
    }

    /// <summary>Before a range of time or after it.</summary>
    public static BsonDocument Outside(string field, TimeRange range) =>
        new(
            "$or",
            new BsonArray
            {
                new BsonDocument(field, new BsonDocument("$lt", range.From!.Value.UtcDateTime)),
                new BsonDocument(field, new BsonDocument("$gt", range.To!.Value.UtcDateTime)),
            }
        );

    // One and the same token must lie between the bounds, which only $elemMatch says of an array.
    private static BsonDocument Between(RecordType type, string from, string to, IReadOnlyList<string> owners)
    {
        var ranges = owners.Select(owner => new BsonDocument(
            "k",
            new BsonDocument(
                "$elemMatch",
                new BsonDocument
                {
                    { "$gte", StoredToken.Of(owner, type, from) },
                    { "$lte", StoredToken.Of(owner, type, to) },
                }
            )
        ));
        return ranges.ToList() is [var only] ? only : new BsonDocument("$or", new BsonArray(ranges));
    }
}
