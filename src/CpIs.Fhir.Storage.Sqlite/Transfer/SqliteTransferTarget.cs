using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Occurrences;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// An embedded store that is filled: batches in large transactions, each with its bookmark; indexes and search tokens once
/// everything is there.
/// </summary>
public sealed class SqliteTransferTarget : ITransferTarget
{
    private readonly StoreLock _lock;
    private readonly Connection _connection;
    private readonly RecordProtection _protection;
    private readonly IncomingEvents _events = new();

    private SqliteTransferTarget(
        string directory,
        StoreLock storeLock,
        Connection connection,
        RecordProtection protection
    ) => (Description, _lock, _connection, _protection) = ($"sqlite:{directory}", storeLock, connection, protection);

    /// <inheritdoc />
    public string Description { get; }

    /// <inheritdoc />
    public string Identity => SqliteReading.Identity;

    /// <summary>Opens the directory, making it where there is none.</summary>
    /// <param name="options">Where.</param>
    /// <exception cref="StoreUnavailableException">A server uses it, or it cannot be opened; the message says what to do.</exception>
    public static SqliteTransferTarget Open(SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = Path.GetFullPath(options.Directory);
        SqliteStore.MakeDirectory(directory);
        var storeLock = StoreLock.Take(directory);
        Connection? connection = null;
        try
        {
            var file = SqliteStore.FileIn(directory);
            SqliteStore.MakeFile(file);
            connection = Connection.OpenLoader(file);
            if (!UnfinishedCopy.IsIn(connection))
                Schema.Prepare(connection, file, options.Protection);
            else if (Schema.Read(connection, file) != Schema.Version)
                throw new StoreUnavailableException(
                    $"The copy into '{directory}' was started by another version. Continue with that version, or start with an empty directory."
                );
            ProtectionMark.Check(connection, file, options.Protection);
            return new SqliteTransferTarget(directory, storeLock, connection, options.Protection);
        }
        catch (Exception failure)
        {
            connection?.Dispose();
            storeLock.Dispose();
            if (failure is SqliteException sqlite)
                throw SqliteStore.CannotBeOpened(directory, sqlite);
            throw;
        }
    }

    /// <inheritdoc />
    public Task<TransferBegin> BeginAsync(TransferStart copy, CancellationToken cancellation) =>
        RunAsync(
            () =>
            {
                if (UnfinishedCopy.IsIn(_connection))
                {
                    var known = UnfinishedCopy.Read(_connection);
                    return known.Fingerprint == copy.Fingerprint
                        ? new TransferBegin(TransferAnswer.Resumed, known, UnfinishedCopy.ReadBookmarks(_connection))
                        : TransferBegin.Of(TransferAnswer.AnotherCopy, known);
                }

                if (TransferSections.All.Any(HoldsAny))
                    return TransferBegin.Of(TransferAnswer.NotEmpty);
                InTransaction(() =>
                {
                    UnfinishedCopy.Begin(_connection, copy);
                    DeferredIndexes.PutOff(_connection);
                });
                return TransferBegin.Of(TransferAnswer.Begun, copy);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task WriteAsync(
        TransferBatch? batch,
        TransferSection section,
        TransferBookmark bookmark,
        CancellationToken cancellation
    ) =>
        RunAsync(
            () =>
            {
                if (UnfinishedCopy.ReadBookmarks(_connection).GetValueOrDefault(section) == bookmark)
                    return true;
                InTransaction(() =>
                {
                    foreach (var record in batch?.Records ?? [])
                        Write(record);
                    UnfinishedCopy.Save(_connection, section, bookmark);
                });
                return true;
            },
            cancellation
        );

    /// <inheritdoc />
    public async Task FinishAsync(IProgress<(int Done, int Total)> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var missing = await RunAsync(() => DeferredIndexes.ReadMissing(_connection), cancellation);
        // Marks after indexes, by which they are found; all of it may be done again without harm.
        List<Action> steps =
        [
            .. missing.Select<string, Action>(name => () => DeferredIndexes.Make(_connection, name)),
            () => DeferredTokens.Write(_connection, _protection),
            () => NumberingMarks.Set(_connection),
        ];
        for (var done = 0; done < steps.Count; done++)
        {
            progress.Report((done, steps.Count));
            using var stop = cancellation.Register(_connection.Interrupt);
            var step = steps[done];
            await RunAsync(
                () =>
                {
                    InTransaction(step);
                    return true;
                },
                cancellation
            );
        }

        progress.Report((steps.Count, steps.Count));
    }

    /// <inheritdoc />
    public Task CompleteAsync(CancellationToken cancellation) =>
        RunAsync(
            () =>
            {
                InTransaction(() => UnfinishedCopy.End(_connection));
                return true;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<long> CountAsync(TransferSection section, DateTimeOffset unexpiredAt, CancellationToken cancellation) =>
        RunAsync(() => SqliteReading.Count(_connection, section, unexpiredAt), cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<TransferBatch> ReadAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        CancellationToken cancellation
    ) => SqliteReading.ReadAsync(_connection, _protection, section, after, unexpiredAt, cancellation);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(PortableRecord record)
    {
        switch (record)
        {
            case PortableResource resource:
                IncomingResources.Write(_connection, resource, _protection);
                break;
            case PortableOccurrence occurrence:
                new PreparedOccurrence(occurrence.Occurrence, _protection).Write(_connection, occurrence.Obligations);
                break;
            case PortableEvent happened:
                _events.Write(_connection, happened);
                break;
            default:
                IncomingRest.Write(_connection, record, _protection);
                break;
        }
    }

    private bool HoldsAny(TransferSection section) =>
        section switch
        {
            // The stamp is a record even where nobody is registered, and expired values are something too.
            TransferSection.Registrations => Any("registration"),
            TransferSection.Answers => Any("answer"),
            TransferSection.OneTimeValues => Any("used_once"),
            TransferSection.Ledgers => Any("subscription"),
            _ => SqliteReading.Count(_connection, section, default) > 0,
        };

    private bool Any(string table)
    {
        using var row = _connection.Prepare($"SELECT 1 FROM {table} LIMIT 1");
        return row.Step();
    }

    private void InTransaction(Action work)
    {
        _connection.Run("BEGIN IMMEDIATE");
        try
        {
            work();
            _connection.Run("COMMIT");
        }
        catch
        {
            if (_connection.InTransaction)
                _connection.Run("ROLLBACK");
            throw;
        }
    }

    private static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation) =>
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
                    throw StoreFailure.Of(failure);
                }
            },
            cancellation
        );
}
