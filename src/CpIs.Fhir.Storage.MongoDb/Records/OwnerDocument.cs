using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>An owner of resources of one type: <c>_id</c> both, <c>y</c> type, <c>a</c> authority.</summary>
internal static class OwnerDocument
{
    public static string IdOf(RecordType type, OdsCode authority) => $"{(int)type} {authority.Value}";

    /// <summary>Adds it where it is not there.</summary>
    public static UpdateOneModel<BsonDocument> ToUpsert(RecordType type, OdsCode authority) =>
        new(
            new BsonDocument("_id", IdOf(type, authority)),
            new BsonDocument("$set", new BsonDocument { { "y", (int)type }, { "a", authority.Value } })
        )
        {
            IsUpsert = true,
        };
}
