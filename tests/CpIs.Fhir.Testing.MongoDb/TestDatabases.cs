using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// The databases of a run (an assembly fixture). Each belongs to one test or fixture at a time and is emptied before the next,
/// because to make its indexes anew takes longer than most tests; the run drops them at its end.
/// </summary>
public sealed class TestDatabases : IAsyncLifetime
{
    private static readonly ConcurrentBag<MongoDatabase> Free = [];

    /// <summary>One that nobody else has: empty, and new or with what was made for a store before, such as indexes.</summary>
    public static async Task<MongoDatabase> TakeAsync()
    {
        if (Free.TryTake(out var free))
            return free;
        var database = new MongoDatabase();
        await database.InitializeAsync();
        return database;
    }

    /// <summary>Empties one, for whoever comes next.</summary>
    public static async Task GiveBackAsync(MongoDatabase database)
    {
        await EmptyAsync(database);
        Free.Add(database);
    }

    /// <summary>Removes all documents; collections and indexes stay.</summary>
    public static async Task EmptyAsync(MongoDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        using var names = await database.Database.ListCollectionNamesAsync();
        foreach (var name in await names.ToListAsync())
            await database.Database.GetCollection<BsonDocument>(name).DeleteManyAsync(new BsonDocument());
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (Free.TryTake(out var database))
            await database.DisposeAsync();
    }
}
