using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CpIs.Fhir.Storage.Sqlite.Connections;

/// <summary>One connection to the file with its prepared statements. Used by one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>Statements kept per connection; searches come in more shapes than are worth keeping.</summary>
    private const int StatementLimit = 200;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    // Before any connection is open: SQLite then keeps no lock around each call, since a connection is used by one thread at a time,
    // and counts no memory, which every thread would do under one lock.
    static Connection()
    {
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private Connection(SqliteConnection connection) => _connection = connection;

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>True inside a transaction; some failures (a full disk) end the transaction on their own.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>The key of the row that this connection added last, to a table that has such keys.</summary>
    public long LastKey => raw.sqlite3_last_insert_rowid(Handle);

    /// <summary>What was prepared on this connection, for the test that looks at the query plans.</summary>
    public IReadOnlyCollection<string> Prepared => _statements.Keys;

    /// <summary>Opens the connection that writes: write-ahead log, every commit followed by its fdatasync.</summary>
    public static Connection OpenWriter(string file) =>
        Open(
            file,
            SqliteOpenMode.ReadWriteCreate,
            // A checkpoint at commit would make a whole group wait for it; see Checkpointer.
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;"
        );

    /// <summary>
    /// Opens the connection that fills a new file in large transactions. A rollback journal: new pages are written once,
    /// where a write-ahead log would write them twice. As durable as the other writer, and as safe from kill -9.
    /// </summary>
    public static Connection OpenLoader(string file) =>
        Open(
            file,
            SqliteOpenMode.ReadWriteCreate,
            "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-131072; PRAGMA temp_store=FILE;"
        );

    /// <summary>Opens a connection that cannot write and reads whole tables; what it sorts may be larger than memory.</summary>
    public static Connection OpenWholeReader(string file) =>
        Open(file, SqliteOpenMode.ReadOnly, "PRAGMA query_only=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=FILE;");

    /// <summary>Opens a connection that cannot write.</summary>
    public static Connection OpenReader(string file) =>
        Open(file, SqliteOpenMode.ReadOnly, "PRAGMA query_only=ON; PRAGMA cache_size=-2000; PRAGMA temp_store=MEMORY;");

    /// <summary>A prepared statement; dispose of it to give it back.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
            return statement;
        if (_statements.Count >= StatementLimit)
            return new Statement(Handle, sql, kept: false);
        statement = new Statement(Handle, sql, kept: true);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs a statement without parameters.</summary>
    public void Run(string sql)
    {
        using var statement = Prepare(sql);
        statement.Run();
    }

    /// <summary>Runs a script of several statements, once in a while (schema).</summary>
    public void RunScript(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this assembly only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Makes a function of side values and what they lie beside known to the SQL of this connection.</summary>
    public void Define(string name, Func<long, string, string, long, byte[], string> function) =>
        _connection.CreateFunction(name, function, isDeterministic: true);

    /// <summary>Stops what runs on this connection; it fails with SQLITE_INTERRUPT. May be called from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(Handle);

    /// <summary>
    /// Copies pages of the log into the file as far as no reader or writer is in the way, without making anybody wait.
    /// True when the whole log is copied.
    /// </summary>
    public bool Checkpoint()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(
            Handle,
            "main",
            raw.SQLITE_CHECKPOINT_PASSIVE,
            out var pages,
            out var copied
        );
        if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            SqliteException.ThrowExceptionForRC(code, Handle);
        return code == raw.SQLITE_OK && pages == copied;
    }

    /// <summary>Pages this connection has written since the last call.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Close();
        _statements.Clear();
        _connection.Dispose();
    }

    private static Connection Open(string file, SqliteOpenMode mode, string pragmas)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
        };
        var connection = new Connection(new SqliteConnection(text.ToString()));
        try
        {
            connection._connection.Open();
            // One plan for each statement: else SQLite prepares it anew whenever a bound value could have led to another.
            _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
            connection.RunScript(pragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
