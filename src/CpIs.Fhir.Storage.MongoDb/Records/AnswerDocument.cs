using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>
/// The first answer to a request: <c>_id</c> client and request, <c>hash</c> of what was asked, <c>status</c>, <c>body</c>,
/// <c>loc</c> and <c>exp</c>, when a repeat counts as new.
/// </summary>
internal static class AnswerDocument
{
    public static string IdOf(string clientId, string requestId) => $"{clientId}\n{requestId}";

    public static BsonDocument Write(IdempotentAnswer answer, RecordProtection protection)
    {
        var stored = protection.Seal(answer);
        var document = new BsonDocument
        {
            { "_id", IdOf(answer.ClientId, answer.RequestId) },
            { "hash", stored.BodyHash.ToArray() },
            { "status", answer.Status },
            { "body", stored.Body.ToArray() },
            { "exp", answer.Expires.UtcDateTime },
        };
        if (answer.Location is { } location)
            document.Add("loc", location);
        return document;
    }

    public static IdempotentAnswer Read(
        BsonDocument document,
        string clientId,
        string requestId,
        RecordProtection protection
    ) =>
        protection.Open(
            new IdempotentAnswer(
                clientId,
                requestId,
                document["hash"].AsByteArray,
                document["status"].AsInt32,
                document["body"].AsByteArray,
                document.TryGetValue("loc", out var location) ? location.AsString : null,
                document["exp"].ToUniversalTime()
            )
        );
}
