using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Protection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Registrations;

/// <summary>
/// A registration: <c>_id</c> kind and id, <c>kind</c>, <c>id</c>, <c>json</c>. The stamp that changes with any of them is the
/// document <c>registrations</c> of the collection <c>meta</c>.
/// </summary>
internal static class RegistrationDocument
{
    public const string StampId = "registrations";

    public static ReplaceOneModel<BsonDocument> ToReplacement(Registration registration, RecordProtection protection) =>
        new(
            new BsonDocument("_id", IdOf(registration)),
            new BsonDocument
            {
                { "_id", IdOf(registration) },
                { "kind", registration.Kind },
                { "id", registration.Id },
                { "json", protection.Seal(registration).Json.ToArray() },
            }
        )
        {
            IsUpsert = true,
        };

    public static Registration Read(BsonDocument document, RecordProtection protection) =>
        protection.Open(
            new Registration(document["kind"].AsString, document["id"].AsString, document["json"].AsByteArray)
        );

    /// <summary>Moves the stamp on where registrations change. False when it is not the one that was expected.</summary>
    public static async Task<bool> TryStampAsync(
        IMongoCollection<BsonDocument> meta,
        IClientSessionHandle session,
        Commit commit,
        CancellationToken cancellation
    )
    {
        if (commit.RegistrationStamp is { } expected)
        {
            var mark = await meta.Find(session, new BsonDocument("_id", StampId)).FirstOrDefaultAsync(cancellation);
            if ((mark?["n"].ToInt64() ?? 0) != expected)
                return false;
        }

        // Written even where only the precondition was asked for: a snapshot alone does not keep others from moving on.
        var moves = new BsonDocument { { "n", commit.Registrations.Count > 0 ? 1L : 0L }, { "turns", 1L } };
        await meta.UpdateOneAsync(
            session,
            new BsonDocument("_id", StampId),
            new BsonDocument("$inc", moves),
            new UpdateOptions { IsUpsert = true },
            cancellation
        );
        return true;
    }

    private static string IdOf(Registration registration) => $"{registration.Kind}/{registration.Id}";
}
