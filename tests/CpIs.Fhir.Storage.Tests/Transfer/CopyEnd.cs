using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Restores;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Restores;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>One end of a copy: where a store lies, or will. What lies there is removed afterwards.</summary>
public abstract class CopyEnd : IAsyncDisposable
{
    /// <summary>As a server opens it.</summary>
    public abstract Task<IExchangeStore> OpenAsync(TimeProvider time, CancellationToken cancellation);

    public abstract Task<ITransferSource> OpenSourceAsync(CancellationToken cancellation);

    public abstract Task<ITransferTarget> OpenTargetAsync(TimeProvider time, CancellationToken cancellation);

    public abstract Task<IStoreRestore> OpenRestoreAsync(TimeProvider time, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A folder.</summary>
internal sealed class SqliteEnd : CopyEnd
{
    private readonly TemporaryFolder _folder = new();

    private SqliteStoreOptions Options => Copying.Options(_folder["store"]);

    public override async Task<IExchangeStore> OpenAsync(TimeProvider time, CancellationToken cancellation) =>
        await SqliteStore.OpenAsync(Options, time, cancellation);

    public override Task<ITransferSource> OpenSourceAsync(CancellationToken cancellation) =>
        Task.FromResult<ITransferSource>(SqliteTransferSource.Open(Options));

    public override Task<ITransferTarget> OpenTargetAsync(TimeProvider time, CancellationToken cancellation) =>
        Task.FromResult<ITransferTarget>(SqliteTransferTarget.Open(Options));

    public override Task<IStoreRestore> OpenRestoreAsync(TimeProvider time, CancellationToken cancellation) =>
        Task.FromResult<IStoreRestore>(SqliteStoreRestore.Open(Options));

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A database.</summary>
internal sealed class MongoEnd : CopyEnd
{
    private readonly MongoDatabase _database;
    private readonly Func<MongoDatabase, Task> _leave;

    private MongoEnd(MongoDatabase database, Func<MongoDatabase, Task> leave)
    {
        (_database, _leave) = (database, leave);
        Options = new MongoStoreOptions
        {
            ConnectionString = database.Engine.ConnectionString,
            Database = database.Name,
            MinPoolSize = 0,
        };
    }

    public MongoStoreOptions Options { get; }

    public IMongoDatabase Database => _database.Database;

    /// <summary>One that has held a store before, its indexes too, and is empty.</summary>
    public static async Task<MongoEnd> TakeAsync() => new(await TestDatabases.TakeAsync(), TestDatabases.GiveBackAsync);

    /// <summary>One that is not there yet.</summary>
    public static async Task<MongoEnd> NewAsync()
    {
        var database = new MongoDatabase();
        await database.InitializeAsync();
        return new(database, static dropped => dropped.DisposeAsync().AsTask());
    }

    public override async Task<IExchangeStore> OpenAsync(TimeProvider time, CancellationToken cancellation) =>
        await MongoStore.OpenAsync(Options, time, cancellation);

    public override async Task<ITransferSource> OpenSourceAsync(CancellationToken cancellation) =>
        await MongoTransferSource.OpenAsync(Options, cancellation);

    public override async Task<ITransferTarget> OpenTargetAsync(TimeProvider time, CancellationToken cancellation) =>
        await MongoTransferTarget.OpenAsync(Options, time, cancellation);

    public override async Task<IStoreRestore> OpenRestoreAsync(TimeProvider time, CancellationToken cancellation) =>
        await MongoStoreRestore.OpenAsync(Options, time, cancellation);

    public override async ValueTask DisposeAsync() => await _leave(_database);
}
