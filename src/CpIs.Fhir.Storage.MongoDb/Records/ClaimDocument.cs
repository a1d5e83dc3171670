using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>An identity that is taken: <c>_id</c> type and identity, <c>r</c> the resource that has it.</summary>
internal static class ClaimDocument
{
    /// <summary>Of a resource that has an identity.</summary>
    public static BsonDocument Of(BsonDocument resource) =>
        new() { { "_id", $"{resource["y"].AsInt32}/{resource["i"].AsString}" }, { "r", resource["_id"] } };
}
