using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
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
        var update = new BsonDocument("$unset", new BsonDocument("a", ""));
        if (OccurrenceDocument.Readers(OccurrenceDocument.Read(document, protection)) is { Count: > 0 } readers)
            update.Add("$set", new BsonDocument("w", readers));
        return new UpdateOneModel<BsonDocument>(NumberingJob.ById(document), update);
    }
}
