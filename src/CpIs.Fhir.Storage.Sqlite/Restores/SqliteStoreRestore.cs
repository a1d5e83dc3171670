using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Epochs;
using CpIs.Fhir.Storage.Sqlite.Schemas;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Storage.Sqlite.Restores;

/// <summary>The step after a restore on an embedded store, in one transaction.</summary>
public sealed class SqliteStoreRestore : IStoreRestore
{
    private readonly string _directory;

    private SqliteStoreRestore(string directory) => _directory = directory;

    /// <inheritdoc />
    public string Description => $"sqlite:{_directory}";

    /// <summary>Of the store in a directory. Nothing that is sealed is opened, so it needs no keys.</summary>
    /// <exception cref="StoreUnavailableException">There is none.</exception>
    public static SqliteStoreRestore Open(SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = Path.GetFullPath(options.Directory);
        return File.Exists(SqliteStore.FileIn(directory))
            ? new SqliteStoreRestore(directory)
            : throw SqliteStore.NoStoreIn(directory);
    }

    /// <inheritdoc />
    public Task<RestoreOutcome> RunAsync(RestoreTerms terms, CancellationToken cancellation) =>
        Task.Run(() => Run(terms), cancellation);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RestoreOutcome Run(RestoreTerms terms)
    {
        using var storeLock = StoreLock.Take(_directory);
        try
        {
            var file = SqliteStore.FileIn(_directory);
            using var connection = Connection.OpenWriter(file);
            UnfinishedCopy.Refuse(connection, _directory);
            Schema.Expect(connection, file);
            return Run(connection, terms);
        }
        catch (SqliteException failure)
        {
            throw SqliteStore.CannotBeOpened(_directory, failure);
        }
    }

    private static RestoreOutcome Run(Connection connection, RestoreTerms terms)
    {
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            var before = EpochRows.Read(connection);
            var outcome = before.Decide(terms);
            if (outcome.IsNew)
                EpochRows.Write(connection, before, outcome, terms);
            connection.Run("COMMIT");
            return outcome;
        }
        catch
        {
            if (connection.InTransaction)
                connection.Run("ROLLBACK");
            throw;
        }
    }
}
