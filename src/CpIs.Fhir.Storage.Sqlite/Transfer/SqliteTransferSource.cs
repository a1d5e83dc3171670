using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// An embedded store that is copied from. Its directory is locked, so that no server changes it meanwhile; the file is
/// opened for reading alone.
/// </summary>
public sealed class SqliteTransferSource : ITransferSource
{
    private readonly StoreLock _lock;
    private readonly Connection _connection;
    private readonly RecordProtection _protection;

    private SqliteTransferSource(
        string directory,
        StoreLock storeLock,
        Connection connection,
        RecordProtection protection
    ) => (Description, _lock, _connection, _protection) = ($"sqlite:{directory}", storeLock, connection, protection);

    /// <inheritdoc />
    public string Description { get; }

    /// <inheritdoc />
    public string Identity => SqliteReading.Identity;

    /// <summary>Opens an existing store.</summary>
    /// <param name="options">Where.</param>
    /// <exception cref="StoreUnavailableException">
    /// There is none, a server uses it, it is an unfinished copy itself, or of another schema; the message says what to do.
    /// </exception>
    public static SqliteTransferSource Open(SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = Path.GetFullPath(options.Directory);
        var file = SqliteStore.FileIn(directory);
        if (!File.Exists(file))
            throw SqliteStore.NoStoreIn(directory);
        var storeLock = StoreLock.Take(directory);
        Connection? connection = null;
        try
        {
            connection = Connection.OpenWholeReader(file);
            UnfinishedCopy.Refuse(connection, directory);
            Schema.Expect(connection, file);
            ProtectionMark.Expect(connection, file, options.Protection);
            return new SqliteTransferSource(directory, storeLock, connection, options.Protection);
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
    public Task<long> CountAsync(TransferSection section, DateTimeOffset unexpiredAt, CancellationToken cancellation) =>
        Task.Run(() => SqliteReading.Count(_connection, section, unexpiredAt), cancellation);

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
}
