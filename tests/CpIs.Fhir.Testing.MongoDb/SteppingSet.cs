using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// A replica set whose primary may be made to step down: the one that <c>CPIS_TEST_STEPPING_SET</c> names (the set of
/// <c>CPIS_TEST_MONGODB</c>, or the shards of that cluster, with a space between), else an engine of the test's own.
/// </summary>
public sealed class SteppingSet : IAsyncDisposable
{
    // Long enough for an election to be needed, short enough for a set of one to be back within a write's budget.
    private const int Seconds = 3;

    private readonly PrivateEngine? _engine;
    private readonly string[] _sets;

    private SteppingSet(PrivateEngine? engine, string store, string[] sets) =>
        (_engine, Store, _sets) = (engine, store, sets);

    /// <summary>What a store connects to.</summary>
    public string Store { get; }

    /// <summary>Skips the running test where there is none.</summary>
    public static async Task<SteppingSet> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("CPIS_TEST_STEPPING_SET") is { Length: > 0 } sets)
            return new SteppingSet(null, (await MongoEngine.GetAsync()).ConnectionString, sets.Split(' '));
        var engine = await PrivateEngine.StartAsync();
        return new SteppingSet(engine, engine.ConnectionString, [engine.ConnectionString]);
    }

    /// <summary>The primaries step down, and other members, or after a while they themselves, take over.</summary>
    public Task StepDownAsync() => Task.WhenAll(_sets.Select(StepDownAsync));

    /// <summary>Drops a database of the test.</summary>
    public async Task DropAsync(string database)
    {
        using var client = new MongoClient(Store);
        await client.DropDatabaseAsync(database);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task StepDownAsync(string set)
    {
        var settings = MongoClientSettings.FromConnectionString(set);
        settings.ApplicationName = "cpis-step-down-" + Guid.NewGuid();
        using var client = new MongoClient(settings);
        var command = new BsonDocument
        {
            { "replSetStepDown", Seconds },
            { "secondaryCatchUpPeriodSecs", Seconds - 1 },
            { "force", true },
        };
        await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command);
    }
}
