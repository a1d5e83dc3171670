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
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Restores;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>The embedded store on a directory of its own, which is removed afterwards.</summary>
internal sealed class SqliteStoreUnderTest : IStoreUnderTest
{
    // Of what has to succeed, on however slow a machine.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time;

    private SqliteStoreUnderTest(SqliteStore store, SqliteStoreOptions options, TimeProvider time) =>
        (Store, Options, _time) = (store, options, time);

    public SqliteStore Store { get; private set; }

    public SqliteStoreOptions Options { get; }

    private string Copy => Path.Combine(Options.Directory, "copy.db");

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

    public static async Task<SqliteStoreUnderTest> OpenAsync(
        TimeProvider time,
        Func<SqliteStoreOptions, SqliteStoreOptions>? change = null
    )
    {
        var options = new SqliteStoreOptions
        {
            Directory = Path.Combine(Path.GetTempPath(), "cpis-" + Guid.NewGuid()),
            WriteTimeout = Long,
            SearchTimeout = Long,
        };
        options = change?.Invoke(options) ?? options;
        return new SqliteStoreUnderTest(await SqliteStore.OpenAsync(options, time, default), options, time);
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await SqliteStore.OpenAsync(Options, _time, default);
    }

    public Task KeepCopyAsync()
    {
        CopiedFolder.Take(Options.Directory, Copy);
        return Task.CompletedTask;
    }

    public async Task RestoreAsync(bool copyBack, Func<IStoreRestore, Task> restore)
    {
        await Store.DisposeAsync();
        if (copyBack)
            new CopiedFolder(Options.Directory, Copy).PutBack();
        await using (var closed = SqliteStoreRestore.Open(Options))
            await restore(closed);
        Store = await SqliteStore.OpenAsync(Options, _time, default);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Options.Directory, recursive: true);
    }
}
