using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using CpIs.Fhir.Storage.Sqlite.Transfer;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Migrations;

/// <summary>
/// The migrations of an embedded store as a command runs them: the same that run when a server opens the file, each in one
/// transaction, but told of.
/// </summary>
public sealed class SqliteStoreMigration : IStoreMigration
{
    private readonly string _directory;
    private readonly string _file;
    private readonly RecordProtection _protection;
    private readonly IReadOnlyList<Migration> _migrations;

    private SqliteStoreMigration(string directory, RecordProtection protection, IReadOnlyList<Migration> migrations) =>
        (_directory, _file, _protection, _migrations) = (
            directory,
            SqliteStore.FileIn(directory),
            protection,
            migrations
        );

    /// <inheritdoc />
    public string Description => $"sqlite:{_directory}";

    /// <summary>Of the store in a directory.</summary>
    /// <exception cref="StoreUnavailableException">There is none.</exception>
    public static SqliteStoreMigration Open(SqliteStoreOptions options) => Open(options, Migration.All);

    /// <summary>With migrations of a test.</summary>
    internal static SqliteStoreMigration Open(SqliteStoreOptions options, IReadOnlyList<Migration> migrations)
    {
        ArgumentNullException.ThrowIfNull(options);
        var migration = new SqliteStoreMigration(Path.GetFullPath(options.Directory), options.Protection, migrations);
        return File.Exists(migration._file) ? migration : throw SqliteStore.NoStoreIn(migration._directory);
    }

    /// <inheritdoc />
    public Task<StoreStanding> ReadAsync(CancellationToken cancellation) =>
        RunAsync(
            () =>
            {
                // Only read, and without the lock: a server may be at work.
                using var connection = Connection.OpenReader(_file);
                var schema = Schema.Read(connection, _file);
                return new StoreStanding(
                    schema,
                    _migrations[^1].Version,
                    ReadIsSealed(connection),
                    UnfinishedCopy.IsIn(connection) ? UnfinishedCopy.Read(connection) : null,
                    [
                        .. _migrations
                            .Where(m => m.Version > schema)
                            .Select(m => Pending(m, m.Work?.Count(connection) ?? 0)),
                    ],
                    schema == Schema.Version ? ReadCounts(connection) : new Dictionary<TransferSection, long>()
                );
            },
            cancellation
        );

    /// <inheritdoc />
    public Task RunAsync(IProgress<MigrationProgress> progress, CancellationToken cancellation) =>
        RunAsync(
            () =>
            {
                using var storeLock = StoreLock.Take(_directory);
                using var connection = Connection.OpenWriter(_file);
                UnfinishedCopy.Refuse(connection, _directory);
                // A migration that is stopped leaves nothing of itself, or whole batches.
                using var stop = cancellation.Register(connection.Interrupt);
                Migration? running = null;
                try
                {
                    Schema.Prepare(
                        connection,
                        _file,
                        _protection,
                        _migrations,
                        (migration, done, total) =>
                        {
                            cancellation.ThrowIfCancellationRequested();
                            running = migration;
                            var records = migration.Work is null ? 0 : total;
                            progress.Report(new MigrationProgress(Pending(migration, records), done, total));
                        }
                    );
                }
                catch (SqliteException failure) when (running is not null && !cancellation.IsCancellationRequested)
                {
                    throw new StoreUnavailableException(
                        $"Migration {running.Version} ({running.What}) failed with SQLite error {failure.SqliteExtendedErrorCode}. What it had not finished is undone. Check that the disk is sound and not full, and run it again.",
                        failure
                    );
                }

                return true;
            },
            cancellation
        );

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static PendingMigration Pending(Migration migration, long records) =>
        new(migration.Version, migration.What, records);

    private static bool? ReadIsSealed(Connection connection)
    {
        using (var table = connection.Prepare("SELECT 1 FROM pragma_table_info('meta')"))
            if (!table.Step())
                return false;
        using var mark = connection.Prepare("SELECT value FROM meta WHERE name = 'protection'");
        return mark.Step() ? mark.Text(0) != RecordProtection.Readable.Marker : null;
    }

    private static Dictionary<TransferSection, long> ReadCounts(Connection connection) =>
        TransferSections.All.ToDictionary(
            section => section,
            section => SqliteReading.Count(connection, section, DateTimeOffset.UnixEpoch)
        );

    private Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                try
                {
                    return work();
                }
                catch (SqliteException) when (cancellation.IsCancellationRequested)
                {
                    throw new OperationCanceledException(cancellation);
                }
                catch (SqliteException failure)
                {
                    throw SqliteStore.CannotBeOpened(_directory, failure);
                }
            },
            cancellation
        );
}
