using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>Every document of a database, to be put back later in the place of what is there then.</summary>
public sealed class CopiedDatabase
{
    private readonly MongoDatabase _database;
    private readonly Dictionary<string, List<BsonDocument>> _collections = new(StringComparer.Ordinal);

    private CopiedDatabase(MongoDatabase database) => _database = database;

    /// <summary>Reads all of it; nobody writes meanwhile.</summary>
    public static async Task<CopiedDatabase> TakeAsync(MongoDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var copy = new CopiedDatabase(database);
        using var names = await database.Database.ListCollectionNamesAsync();
        foreach (var name in await names.ToListAsync())
            copy._collections[name] = await database
                .Database.GetCollection<BsonDocument>(name)
                .Find(new BsonDocument())
                .ToListAsync();
        return copy;
    }

    /// <summary>Puts it back; no store is open.</summary>
    public async Task PutBackAsync()
    {
        await TestDatabases.EmptyAsync(_database);
        foreach (var (name, documents) in _collections)
            if (documents.Count > 0)
                await _database.Database.GetCollection<BsonDocument>(name).InsertManyAsync(documents);
    }
}
