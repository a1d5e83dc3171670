using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Worklists;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Restores;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Driver;

[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>The store on a database that is emptied after each test: to make its indexes anew would take longer.</summary>
internal sealed class MongoStoreUnderTest : IStoreUnderTest
{
    // Of what has to succeed, on however slow a machine.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly MongoDatabase _database;
    private readonly TimeProvider _time;
    private readonly Func<MongoDatabase, Task> _leave;
    private CopiedDatabase? _copy;

    private MongoStoreUnderTest(
        MongoStore store,
        MongoStoreOptions options,
        MongoDatabase database,
        TimeProvider time,
        Func<MongoDatabase, Task> leave
    ) => (Store, Options, _database, _time, _leave) = (store, options, database, time, leave);

    public MongoStore Store { get; private set; }

    public MongoStoreOptions Options { get; }

    public IRecordStore Records => Store;

    public IOccurrenceStore Occurrences => Store;

    public IRegistrationStore Registrations => Store;
    public IKeyStore Keys => Store;

    public INotificationStore Notifications => Store;

    public IAttemptStore Attempts => Store;

    public IWorklistStore Worklists => Store;

    public ILeaseStore Leases => Store;

    public IRetentionStore Retention => Store;

    public IUseLedger Uses => Store;
    public IDailyFileStore DailyFiles => Store;

    /// <summary>On any database of the run.</summary>
    public static async Task<MongoStoreUnderTest> TakeAsync(
        TimeProvider time,
        Func<MongoStoreOptions, MongoStoreOptions>? change = null
    ) => await OpenAsync(await TestDatabases.TakeAsync(), time, change, null, TestDatabases.GiveBackAsync);

    /// <summary>On that of a test class.</summary>
    public static Task<MongoStoreUnderTest> OpenAsync(
        MongoDatabase database,
        TimeProvider time,
        Func<MongoStoreOptions, MongoStoreOptions>? change = null,
        Action<MongoClientSettings>? listen = null
    ) => OpenAsync(database, time, change, listen, TestDatabases.EmptyAsync);

    private static async Task<MongoStoreUnderTest> OpenAsync(
        MongoDatabase database,
        TimeProvider time,
        Func<MongoStoreOptions, MongoStoreOptions>? change,
        Action<MongoClientSettings>? listen,
        Func<MongoDatabase, Task> leave
    )
    {
        var options = new MongoStoreOptions
        {
            ConnectionString = database.Engine.ConnectionString,
            Database = database.Name,
            MinPoolSize = 0,
            ConnectTimeout = Long,
            ServerSelectionTimeout = Long,
            ReadTimeout = Long,
            WriteBudget = Long,
        };
        options = change?.Invoke(options) ?? options;
        var store = await MongoStore.OpenAsync(options, time, listen, default);
        return new MongoStoreUnderTest(store, options, database, time, leave);
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await MongoStore.OpenAsync(Options, _time, default);
    }

    public async Task KeepCopyAsync() => _copy = await CopiedDatabase.TakeAsync(_database);

    public async Task RestoreAsync(bool copyBack, Func<IStoreRestore, Task> restore)
    {
        await Store.DisposeAsync();
        if (copyBack)
            await _copy!.PutBackAsync();
        await using (var closed = await MongoStoreRestore.OpenAsync(Options, _time, default))
            await restore(closed);
        Store = await MongoStore.OpenAsync(Options, _time, default);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _leave(_database);
    }
}
