using CpIs.Fhir.Core.Occurrences;
using Microsoft.Data.Sqlite;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>The floor: bare INSERTs of the same bytes and one COMMIT, on one table without indexes.</summary>
internal sealed class BareFile : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;

    public BareFile(string directory)
    {
        Directory.CreateDirectory(directory);
        _connection = new SqliteConnection($"Data Source={Path.Combine(directory, "bare.db")};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=FULL");
        Run("CREATE TABLE IF NOT EXISTS row (key INTEGER PRIMARY KEY, document BLOB NOT NULL)");
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO row (document) VALUES ($document)";
        _insert.Parameters.Add("$document", SqliteType.Blob);
        _insert.Prepare();
    }

    /// <summary>One batch.</summary>
    public void Write(int rows)
    {
        using var transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        for (var i = 0; i < rows; i++)
        {
            _insert.Parameters[0].Value = OccurrenceJson.Write(Samples.Access(i));
            _insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
