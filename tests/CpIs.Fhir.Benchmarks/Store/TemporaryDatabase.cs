using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Driver;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>A MongoDB store on a database that is dropped afterwards, and the driver alone beside it.</summary>
internal sealed class TemporaryDatabase : IAsyncDisposable
{
    private readonly MongoClient _client;

    private TemporaryDatabase(MongoStore store, MongoClient client, MongoStoreOptions options)
    {
        (Store, _client, Options) = (store, client, options);
        Collections = new Collections(client.GetDatabase(options.Database));
    }

    public MongoStore Store { get; }

    public MongoStoreOptions Options { get; }

    /// <summary>The same collections, seen through a client with the store's concerns.</summary>
    public Collections Collections { get; }

    public static async Task<TemporaryDatabase> OpenAsync()
    {
        var options = new MongoStoreOptions
        {
            ConnectionString = Engine.ConnectionString ?? throw new InvalidOperationException(Engine.HowToGetOne),
            Database = $"cpis_measure_{Guid.NewGuid():N}",
        };
        return new TemporaryDatabase(
            await MongoStore.OpenAsync(options, TimeProvider.System, default),
            Connection.Open(options, adjust: null),
            options
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _client.DropDatabaseAsync(Options.Database);
        _client.Dispose();
    }
}
