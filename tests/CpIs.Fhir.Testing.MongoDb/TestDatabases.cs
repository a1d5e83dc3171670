using System.Collections.Concurrent;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// The databases of a run. Each belongs to one fixture at a time and is emptied before the next, because to make its indexes anew
/// takes longer than most tests; the run drops them at its end.
/// </summary>
public sealed class TestDatabases : IAsyncLifetime
{
    private static readonly ConcurrentBag<MongoDatabase> Free = [];

    internal static async Task<MongoDatabase> TakeAsync()
    {
        if (Free.TryTake(out var free))
            return free;
        var database = new MongoDatabase();
        await database.InitializeAsync();
        return database;
    }

    internal static async Task GiveBackAsync(MongoDatabase database)
    {
        using var names = await database.Database.ListCollectionNamesAsync();
        foreach (var name in await names.ToListAsync())
            await database.Database.GetCollection<BsonDocument>(name).DeleteManyAsync(new BsonDocument());
        Free.Add(database);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        while (Free.TryTake(out var database))
            await database.DisposeAsync();
    }
}
