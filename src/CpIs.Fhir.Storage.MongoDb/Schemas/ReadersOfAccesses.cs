using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// An access is found by the authorities that may read it (<c>w</c>, <see cref="Occurrence.Concerns"/>). Before, it was found by all
/// that it concerned (<c>a</c>): also a scheduled one. Nobody looks for <c>a</c> any more, so what a server of the
/// version before writes meanwhile is found by no authority until it has been brought forward.
/// </summary>
internal static class ReadersOfAccesses
{
    public static MongoMigration Migration { get; } =
        new(
            2,
            "who may read an access",
            "occurrences",
            new BsonDocument("a", new BsonDocument("$exists", true)),
            Change
        );

    private static UpdateOneModel<BsonDocument> Change(BsonDocument document, RecordProtection protection)
    {
        var access = protection.OpenOccurrence(document["_id"].AsString, document["d"].AsByteArray);
        var update = new BsonDocument("$unset", new BsonDocument("a", ""));
        if (access.Concerns.Any())
            update.Add(
                "$set",
                new BsonDocument("w", new BsonArray(access.Concerns.Select(authority => authority.Value)))
            );
        var same = new BsonDocument { { "_id", document["_id"] }, { "a", document["a"] } };
        if (document.TryGetValue("c", out var child))
            same.Add("c", child);
        return new UpdateOneModel<BsonDocument>(same, update);
    }
}
