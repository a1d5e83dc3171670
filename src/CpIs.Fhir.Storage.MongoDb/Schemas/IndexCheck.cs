using CpIs.Fhir.Core;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// Sees that one collection has its indexes as they are written down. A missing one is made; a different one of the same name
/// is refused, because a server without it would read through everything at the first look-up.
/// </summary>
internal sealed class IndexCheck(IMongoDatabase database, string collection)
{
    /// <exception cref="StoreUnavailableException">An index is wrong; the message names it and says what to do.</exception>
    public async Task RunAsync(IReadOnlyList<StoreIndex> wanted, CancellationToken cancellation)
    {
        var found = await ReadAsync(cancellation);
        foreach (var index in wanted)
            if (found.TryGetValue(index.Name, out var present) && !Agrees(index, present))
                throw Wrong(index.Name);
        var missing = wanted.Where(index => !found.ContainsKey(index.Name)).ToList();
        if (missing.Count == 0)
            return;
        try
        {
            // Answers when all are built; waits for one that another server is building.
            await database.RunCommandAsync<BsonDocument>(
                new BsonDocument
                {
                    { "createIndexes", collection },
                    { "indexes", new BsonArray(missing.Select(index => index.ToCommand())) },
                    { "writeConcern", new BsonDocument("w", "majority") },
                },
                cancellationToken: cancellation
            );
        }
        catch (MongoCommandException conflict) when (Preparation.IsConflict(conflict))
        {
            // Somebody made one in between: what is there now must agree.
            found = await ReadAsync(cancellation);
            foreach (var index in missing)
                if (!found.TryGetValue(index.Name, out var present) || !Agrees(index, present))
                    throw Wrong(index.Name);
        }
    }

    private async Task<Dictionary<string, BsonDocument>> ReadAsync(CancellationToken cancellation)
    {
        using var cursor = await database.GetCollection<BsonDocument>(collection).Indexes.ListAsync(cancellation);
        return (await cursor.ToListAsync(cancellation)).ToDictionary(
            index => index["name"].AsString,
            StringComparer.Ordinal
        );
    }

    private static bool Agrees(StoreIndex wanted, BsonDocument found) =>
        SameKey(wanted.Key, found["key"].AsBsonDocument)
        && found.GetValue("unique", false).ToBoolean() == wanted.Unique
        && Equals(found.GetValue("partialFilterExpression", BsonNull.Value), wanted.Only ?? (BsonValue)BsonNull.Value);

    /// <summary>Engines answer a direction as an integer or as a double.</summary>
    private static bool SameKey(BsonDocument one, BsonDocument other) =>
        one.Names.SequenceEqual(other.Names)
        && one.Values.Zip(other.Values, (a, b) => a.ToDouble().Equals(b.IsNumeric ? b.ToDouble() : double.NaN))
            .All(same => same);

    private StoreUnavailableException Wrong(string name) =>
        new(
            $"Index '{name}' of collection '{collection}' is not as this version needs it. Drop it "
                + $"(db.{collection}.dropIndex(\"{name}\")) while no server runs, then start: the server builds it again."
        );
}
