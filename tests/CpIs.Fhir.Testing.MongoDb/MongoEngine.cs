using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// The engine that the tests of this process share: the first that can be had of <c>CPIS_TEST_MONGODB</c>, <c>mongod</c> on
/// PATH, Docker, and the DocumentDB engine of <c>tests/mongo-engine</c>.
/// </summary>
/// <param name="ConnectionString">Reaches a replica set or a sharded cluster; names no database.</param>
/// <param name="Kind">What stands behind it.</param>
/// <param name="Version">For people, as in "MongoDB 8.0.4".</param>
public sealed record MongoEngine(string ConnectionString, EngineKind Kind, string Version)
{
    /// <summary>The one line that a skipped test says.</summary>
    public const string HowToGetOne =
        "No MongoDB engine: set CPIS_TEST_MONGODB, put mongod on PATH, start Docker, or run tests/mongo-engine/up (root, Debian).";

    private static readonly Lazy<Task<MongoEngine?>> Found = new(FindAndTellAsync);

    /// <summary>The engine. Skips the running test where none can be had.</summary>
    /// <exception cref="InvalidOperationException">An engine was asked for (<c>CPIS_TEST_MONGODB</c>) and does not answer.</exception>
    public static async Task<MongoEngine> GetAsync()
    {
        var engine = await Found.Value;
        Assert.SkipWhen(engine is null, HowToGetOne);
        return engine!;
    }

    /// <summary>The engine, or null where none can be had.</summary>
    /// <exception cref="InvalidOperationException">An engine was asked for (<c>CPIS_TEST_MONGODB</c>) and does not answer.</exception>
    public static Task<MongoEngine?> FindAsync() => Found.Value;

    /// <summary>Asks what stands behind a connection string.</summary>
    /// <exception cref="TimeoutException">Nothing answers within <paramref name="patience"/>.</exception>
    public static async Task<MongoEngine> AskAsync(string connectionString, TimeSpan patience)
    {
        var settings = MongoClientSettings.FromConnectionString(connectionString);
        settings.ServerSelectionTimeout = patience;
        using var client = new MongoClient(settings);
        var build = await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1));
        var version = build["version"].AsString;
        return build.Contains("gateway")
            ? new(
                connectionString,
                EngineKind.DocumentDb,
                $"DocumentDB {build.GetValue("documentdb", "")} (speaks as {version})"
            )
            : new(connectionString, EngineKind.Server, $"MongoDB {version}");
    }

    private static async Task<MongoEngine?> FindAndTellAsync()
    {
        var engine = await EngineSearch.RunAsync();
        await Console.Error.WriteLineAsync(engine is null ? HowToGetOne : $"MongoDB tests run on {engine.Version}.");
        return engine;
    }
}
