using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Protection;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Registrations;

/// <summary>A signing key: <c>_id</c> purpose and id, <c>purpose</c>, <c>id</c>, <c>secret</c>, <c>from</c>, <c>until</c>.</summary>
internal static class KeyDocument
{
    public static BsonDocument Write(SigningKey key, RecordProtection protection)
    {
        var document = new BsonDocument
        {
            { "_id", $"{key.Purpose}/{key.Id}" },
            { "purpose", key.Purpose },
            { "id", key.Id },
            { "secret", protection.Seal(key).Secret.ToArray() },
            { "from", key.Created.UtcDateTime },
        };
        if (key.Retired is { } retired)
            document.Add("until", retired.UtcDateTime);
        return document;
    }

    public static SigningKey Read(BsonDocument document, RecordProtection protection) =>
        protection.Open(
            new SigningKey(
                document["purpose"].AsString,
                document["id"].AsString,
                document["secret"].AsByteArray,
                document["from"].ToUniversalTime(),
                document.TryGetValue("until", out var until) ? until.ToUniversalTime() : null
            )
        );
}
