using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.LookUps;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>The embedded store, in a folder of its own on the disk that is meant.</summary>
internal sealed class MeasuredSqlite(string parent) : IMeasuredStore
{
    private const int FullScanStep = 1; // SQLITE_STMTSTATUS_FULLSCAN_STEP
    private const int MachineStep = 4; // SQLITE_STMTSTATUS_VM_STEP

    private readonly string _folder = Path.GetFullPath(Path.Combine(parent, "cpis-sqlite-" + Guid.NewGuid()));

    public string Name => "SQLite";

    public IReadOnlyDictionary<string, string> ServerSettings =>
        new Dictionary<string, string>
        {
            ["CPIS__Repository"] = "SQLite",
            ["CPIS__SqliteDbOptions__Directory"] = _folder,
        };

    public IReadOnlyList<string> FloorArguments => ["--floor-dir", parent];

    public string FloorPhase => BenchRun.StorePhase;

    public Task<ITransferTarget> OpenTargetAsync(CancellationToken cancellation) =>
        Task.FromResult<ITransferTarget>(SqliteTransferTarget.Open(new SqliteStoreOptions { Directory = _folder }));

    public async Task WriteAsync(
        Func<IRecordStore, IOccurrenceStore, CancellationToken, Task> write,
        CancellationToken cancellation
    )
    {
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = _folder },
            TimeProvider.System,
            cancellation
        );
        await write(store, store, cancellation);
    }

    public Task<long> WeighAsync(CancellationToken cancellation) =>
        Task.FromResult(new DirectoryInfo(_folder).EnumerateFiles().Sum(file => file.Length));

    public Task<Examined> ExamineAsync(NhsNumber child, CancellationToken cancellation)
    {
        var file = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(_folder, "cpis.db"),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        using var connection = new SqliteConnection(file.ConnectionString);
        connection.Open();
        var reads = new[] { LookUpSql.Child, LookUpSql.History }.Select(sql =>
            Run(connection.Handle!, sql, RecordProtection.Readable.ChildKey(child))
        );
        var (rows, steps) = reads.Aggregate((Rows: 0L, Steps: 0L), (a, b) => (a.Rows + b.Rows, a.Steps + b.Steps));
        return Task.FromResult(new Examined(rows, steps));
    }

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static (long Rows, long Steps) Run(sqlite3 database, string sql, long child)
    {
        Check(raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            Check(raw.sqlite3_bind_int64(statement, 1, child));
            var rows = 0L;
            int code;
            while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
                rows++;
            Check(code);
            return (
                rows + raw.sqlite3_stmt_status(statement, FullScanStep, 0),
                raw.sqlite3_stmt_status(statement, MachineStep, 0)
            );
        }

        void Check(int result)
        {
            if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
                SqliteException.ThrowExceptionForRC(result, database);
        }
    }
}
