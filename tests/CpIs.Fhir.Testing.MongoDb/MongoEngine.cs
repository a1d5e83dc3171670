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
    private static readonly Lazy<Task<EngineSearchResult>> Found = new(SearchAndTellAsync);

    /// <summary>The engine. Skips the running test where none can be used.</summary>
    public static async Task<MongoEngine> GetAsync()
    {
        var found = await Found.Value;
        Assert.SkipWhen(found.Engine is null, found.WhyNone);
        return found.Engine!;
    }

    /// <summary>The engine, or why there is none. Searched for once.</summary>
    public static Task<EngineSearchResult> FindAsync() => Found.Value;

    /// <summary>Asks what stands behind a connection string.</summary>
    /// <exception cref="TimeoutException">Nothing answers within <paramref name="patience"/>.</exception>
    /// <exception cref="InvalidOperationException">It is not one that tests can use; the message says why, and what to do.</exception>
    public static async Task<MongoEngine> AskAsync(string connectionString, TimeSpan patience)
    {
        var settings = MongoClientSettings.FromConnectionString(connectionString);
        settings.ServerSelectionTimeout = patience;
        using var client = new MongoClient(settings);
        var admin = client.GetDatabase("admin");
        var build = await admin.RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1));
        var hello = await admin.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1));
        return Judge(connectionString, build, hello, await DocumentDbEngine.SourcesAsync());
    }

    /// <summary>What stands behind a connection string, by what it says of itself.</summary>
    /// <param name="connectionString">Reaches it.</param>
    /// <param name="build">Its answer to <c>buildInfo</c>.</param>
    /// <param name="hello">Its answer to <c>hello</c>.</param>
    /// <param name="sources">What our own gateway is built from.</param>
    /// <exception cref="InvalidOperationException">It is not one that tests can use; the message says why, and what to do.</exception>
    public static MongoEngine Judge(string connectionString, BsonDocument build, BsonDocument hello, string sources)
    {
        if (!hello.Contains("setName") && hello.GetValue("msg", "") != "isdbgrid")
            throw new InvalidOperationException(
                "This is a standalone server. The tests need a replica set (of one) or a sharded cluster."
            );
        var version = build["version"].AsString;
        if (!build.Contains("gateway"))
            return new(connectionString, EngineKind.Server, $"MongoDB {version}");
        var its = build.GetValue("gatewaySources", "unknown").AsString;
        if (its != sources)
            throw new InvalidOperationException(
                $"This is an engine of other sources ({its}; here: {sources}). Run tests/mongo-engine/up: it starts the "
                    + "right one, and prints the CPIS_TEST_MONGODB to set."
            );
        var name = $"DocumentDB {build.GetValue("documentdb", "")} (speaks as {version})";
        return new(connectionString, EngineKind.DocumentDb, name);
    }

    private static async Task<EngineSearchResult> SearchAndTellAsync()
    {
        var found = await EngineSearch.RunAsync();
        await Console.Error.WriteLineAsync(
            found.Engine is { } engine ? $"MongoDB tests run on {engine.Version}." : found.WhyNone
        );
        return found;
    }
}
