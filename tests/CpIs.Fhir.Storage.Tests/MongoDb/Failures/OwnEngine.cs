using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>An engine of one test class, which kills and freezes it; each test has a database of its own there.</summary>
public sealed class OwnEngine : IAsyncLifetime
{
    public PrivateEngine Engine { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Engine = await PrivateEngine.StartAsync();

    public ValueTask DisposeAsync() => Engine?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The name of a database of nobody else.</summary>
    public static string NewDatabase() => "cpis_" + Guid.NewGuid().ToString("N");

    /// <summary>Opens a store, with the engine up.</summary>
    /// <param name="budget">How long a write or a read is tried.</param>
    /// <param name="adjust">The client's settings.</param>
    /// <param name="database">A database that is there; a new one when absent.</param>
    public async Task<MongoStore> OpenAsync(
        TimeSpan budget,
        Action<MongoClientSettings>? adjust = null,
        string? database = null
    )
    {
        await Engine.RestartAsync();
        var options = new MongoStoreOptions
        {
            ConnectionString = Engine.ConnectionString,
            Database = database ?? NewDatabase(),
            WriteBudget = budget,
            ReadTimeout = budget,
            MinPoolSize = 0,
        };
        return await MongoStore.OpenAsync(options, TimeProvider.System, adjust, TestContext.Current.CancellationToken);
    }

    /// <summary>A command for the engine itself.</summary>
    public async Task RunAsync(BsonDocument command)
    {
        using var client = new MongoClient(Engine.ConnectionString);
        await client
            .GetDatabase("admin")
            .RunCommandAsync<BsonDocument>(command, cancellationToken: TestContext.Current.CancellationToken);
    }
}
