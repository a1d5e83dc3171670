using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Epochs;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using CpIs.Fhir.Storage.Sqlite.Writing;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite;

/// <summary>
/// The embedded store: one process, one SQLite file, one writer thread. Every write returns after the fdatasync of the
/// log that holds it; reads never wait for a writer. Its parts lie in folders by duty.
/// </summary>
public sealed partial class SqliteStore : IExchangeStore
{
    private readonly SqliteStoreOptions _options;
    private readonly RecordProtection _protection;
    private readonly TimeProvider _time;
    private readonly StoreLock _lock;
    private readonly GroupCommit _writer;
    private readonly ReadPool _readers;
    private readonly MarkKeeper? _marks;
    private bool _disposed;

    private SqliteStore(
        SqliteStoreOptions options,
        TimeProvider time,
        StoreLock storeLock,
        GroupCommit writer,
        ReadPool readers,
        MarkKeeper? marks
    ) =>
        (_options, _protection, _time, _lock, _writer, _readers, _marks) = (
            options,
            options.Protection,
            time,
            storeLock,
            writer,
            readers,
            marks
        );

    /// <summary>Every statement prepared so far. Only while nothing is being read or written.</summary>
    internal IEnumerable<string> Prepared => _writer.Prepared.Concat(_readers.Prepared).Distinct();

    /// <summary>Commits since opening, each with its fdatasync; many writes share one.</summary>
    internal long CommitCount => _writer.CommitCount;

    /// <summary>
    /// Opens the store, making it where there is none. What a killed process left behind is put right by SQLite here.
    /// </summary>
    /// <param name="options">Where, and how.</param>
    /// <param name="time">The clock of timeouts and of what expires.</param>
    /// <param name="cancellation">Gives up before opening.</param>
    /// <exception cref="StoreUnavailableException">
    /// Another process uses the directory, the file is of a newer version or of another protection, or it cannot be opened;
    /// the message says what to do.
    /// </exception>
    public static Task<SqliteStore> OpenAsync(
        SqliteStoreOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        // Opening may have to recover a log of many megabytes: not on the caller's thread.
        return Task.Run(() => Open(options, time), cancellation);
    }

    /// <inheritdoc />
    public Task CheckWritableAsync(CancellationToken cancellation)
    {
        if (_options.MinimumFreeBytes > 0 && FreeBytes() is var free && free < _options.MinimumFreeBytes)
            throw new StoreUnavailableException(
                $"The disk of the store has {free / 1_000_000} MB left, less than the {_options.MinimumFreeBytes / 1_000_000} MB that SqliteDbOptions:MinimumFreeBytes requires."
            );
        return WriteAsync<bool>(
            connection =>
            {
                connection.Run("UPDATE counter SET value = value + 1 WHERE name = 'probe'");
                return true;
            },
            cancellation
        );
    }

    private long FreeBytes() => new DriveInfo(Path.GetFullPath(_options.Directory)).AvailableFreeSpace;

    /// <summary>Writes what waits, closes the file and gives the directory back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
        if (_marks is not null)
            await _marks.DisposeAsync();
        _lock.Dispose();
    }

    internal Task<T> WriteAsync<T>(
        Func<Connection, Written<T>> write,
        CancellationToken cancellation,
        bool large = false
    ) => _writer.WriteAsync(write, large, cancellation);

    internal Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellation) =>
        _readers.ReadAsync(read, cancellation);

    private Task<T> SearchAsync<T>(Func<Connection, T> read, CancellationToken cancellation) =>
        _readers.SearchAsync(read, _options.SearchTimeout, _time, cancellation);

    private static SqliteStore Open(SqliteStoreOptions options, TimeProvider time)
    {
        var directory = Path.GetFullPath(options.Directory);
        MakeDirectory(directory);
        var storeLock = StoreLock.Take(directory);
        Connection? connection = null;
        try
        {
            var file = FileIn(directory);
            MakeFile(file);
            connection = Connection.OpenWriter(file);
            UnfinishedCopy.Refuse(connection, directory);
            Schema.Prepare(connection, file, options.Protection);
            ProtectionMark.Check(connection, file, options.Protection);
            MarkKeeper.Check(connection, options, directory);
            EpochRows.NoteOpened(connection);
            // The lock of the directory proves that whoever held any of these is no more.
            connection.RunScript("UPDATE subscription SET held = 0, fence = fence + 1, next = 0 WHERE held = 1");
            var marks = MarkKeeper.Start(connection, file, options, time);
            return new SqliteStore(
                options,
                time,
                storeLock,
                new GroupCommit(file, connection, options, time),
                new ReadPool(file, options.ReadConnections),
                marks
            );
        }
        catch (Exception failure)
        {
            connection?.Dispose();
            storeLock.Dispose();
            if (failure is SqliteException sqlite)
                throw CannotBeOpened(directory, sqlite);
            throw;
        }
    }

    /// <summary>Where the file of a data directory lies.</summary>
    internal static string FileIn(string directory) => Path.Combine(directory, "cpis.db");

    /// <summary>What the one who opens is told where there is nothing to open.</summary>
    internal static StoreUnavailableException NoStoreIn(string directory) =>
        new($"There is no store in '{directory}': it has no {Path.GetFileName(FileIn(directory))}.");

    /// <summary>What the one who opens is told when SQLite failed.</summary>
    internal static StoreUnavailableException CannotBeOpened(string directory, SqliteException failure) =>
        new(
            $"'{directory}' cannot be opened (SQLite error {failure.SqliteExtendedErrorCode}). Check that the disk is sound and not full, or restore the directory from a backup.",
            failure
        );

    internal static void MakeDirectory(string directory)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(directory);
            else
                Directory.CreateDirectory(
                    directory,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The data directory '{directory}' cannot be created.", failure);
        }
    }

    /// <summary>SQLite gives the log and the index of the log the rights of the file, so it is made before SQLite opens it.</summary>
    internal static void MakeFile(string file)
    {
        if (OperatingSystem.IsWindows() || File.Exists(file))
            return;
        File.Open(
                file,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
            .Dispose();
    }
}
