using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>
/// A store on a directory that is removed afterwards. CPIS_BENCH_DIR says where (the disk matters); the default is the
/// current folder, as the temporary one is often memory.
/// </summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private TemporaryStore(string directory, SqliteStore store) => (Directory, Store) = (directory, store);

    public string Directory { get; }

    public SqliteStore Store { get; }

    public static async Task<TemporaryStore> OpenAsync(RecordProtection? protection = null)
    {
        var parent = Environment.GetEnvironmentVariable("CPIS_BENCH_DIR") ?? Environment.CurrentDirectory;
        var directory = Path.Combine(parent, "cpis-bench-" + Guid.NewGuid());
        var options = new SqliteStoreOptions
        {
            Directory = directory,
            Protection = protection ?? RecordProtection.Readable,
            WriteTimeout = TimeSpan.FromSeconds(30),
        };
        return new TemporaryStore(directory, await SqliteStore.OpenAsync(options, TimeProvider.System, default));
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
