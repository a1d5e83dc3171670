using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Registrations;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public async Task<RegistrationSnapshot> ReadRegistrationsAsync(CancellationToken cancellation)
    {
        // The stamp is read first: registrations that are newer than their stamp are read again, older ones never.
        var stamp = await ReadRegistrationStampAsync(cancellation);
        var all = await AllAsync(_collections.Registrations, [], cancellation);
        return new RegistrationSnapshot(
            stamp,
            [
                .. all.Select(document => RegistrationDocument.Read(document, _protection))
                    .OrderBy(r => r.Kind, StringComparer.Ordinal)
                    .ThenBy(r => r.Id, StringComparer.Ordinal),
            ]
        );
    }

    /// <inheritdoc />
    public async Task<long> ReadRegistrationStampAsync(CancellationToken cancellation) =>
        (await FirstAsync(_collections.Meta, new BsonDocument("_id", RegistrationDocument.StampId), cancellation))?[
            "n"
        ].ToInt64() ?? 0;

    /// <inheritdoc />
    public Task<bool> TryUseOnceAsync(
        string purpose,
        string value,
        DateTimeOffset expires,
        CancellationToken cancellation
    )
    {
        // Whoever finds the value used must be able to tell whether it was an earlier try of this very call.
        var use = new BsonDocument
        {
            { "_id", $"{purpose}\n{value}" },
            { "exp", expires.UtcDateTime },
            { "by", Guid.NewGuid().ToString("N") },
        };
        return _calls.WriteAsync((_, late) => TryUseOnceAsync(use, late), cancellation);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<SigningKey>> ReadKeysAsync(string purpose, CancellationToken cancellation)
    {
        var keys = await AllAsync(_collections.Keys, new BsonDocument("purpose", purpose), cancellation);
        return
        [
            .. keys.Select(key => KeyDocument.Read(key, _protection))
                .OrderByDescending(key => key.Created)
                .ThenByDescending(key => key.Id, StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc />
    public Task SaveKeyAsync(SigningKey key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(key);
        var document = KeyDocument.Write(key, _protection);
        return _calls.WriteAsync(
            (_, late) =>
                _collections.Keys.ReplaceOneAsync(
                    new BsonDocument("_id", document["_id"]),
                    document,
                    new ReplaceOptions { IsUpsert = true },
                    late
                ),
            cancellation
        );
    }

    private async Task<bool> TryUseOnceAsync(BsonDocument use, CancellationToken cancellation)
    {
        try
        {
            await _collections.Used.InsertOneAsync(use, cancellationToken: cancellation);
            return true;
        }
        catch (MongoWriteException failure) when (StoreFailure.IsDuplicate(failure))
        {
            // An expired one is taken over; and our own, should its answer have been lost, confirmed by a majority.
            var mine = new BsonDocument
            {
                { "_id", use["_id"] },
                {
                    "$or",
                    new BsonArray
                    {
                        new BsonDocument("exp", new BsonDocument("$lte", Now)),
                        new BsonDocument("by", use["by"]),
                    }
                },
            };
            var taken = await _collections.Used.UpdateOneAsync(
                mine,
                new BsonDocument
                {
                    {
                        "$set",
                        new BsonDocument { { "exp", use["exp"] }, { "by", use["by"] } }
                    },
                    { "$inc", new BsonDocument("turns", 1) },
                },
                cancellationToken: cancellation
            );
            return taken.MatchedCount == 1;
        }
    }
}
