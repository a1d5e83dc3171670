using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>The MongoDB engine that is measured: the one that the tests use.</summary>
internal static class Engine
{
    /// <summary>Where its connection string is.</summary>
    public const string Variable = "CPIS_TEST_MONGODB";

    /// <summary>The one line that is said in its stead.</summary>
    public const string HowToGetOne =
        $"No MongoDB engine: set {Variable}, for example to what tests/mongo-engine/up prints.";

    /// <summary>Reaches it; null where there is none.</summary>
    public static string? ConnectionString =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>What answers there, such as "MongoDB 8.0.4".</summary>
    public static async Task<string> DescribeAsync(string connectionString, CancellationToken cancellation)
    {
        using var client = new MongoClient(connectionString);
        var build = await client
            .GetDatabase("admin")
            .RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellation);
        return build.TryGetValue("documentdb", out var version)
            ? $"DocumentDB {version}"
            : $"MongoDB {build["version"]}";
    }
}
