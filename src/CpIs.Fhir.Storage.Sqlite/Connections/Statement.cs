using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CpIs.Fhir.Storage.Sqlite.Connections;

/// <summary>
/// One prepared statement, bound by position. It is prepared once for its connection and used again and again; disposing
/// of it only gives it back (an open one would hold its snapshot, and the log could not start again). Written on the
/// native interface because a command of Microsoft.Data.Sqlite looks its parameters up by name at every execution, which
/// costs more than the insert itself.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly bool _kept;
    private int _bound;

    /// <param name="database">Its connection.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="kept">True when a cache owns it; else it ends with its first use.</param>
    public Statement(sqlite3 database, string sql, bool kept)
    {
        (_database, _kept) = (database, kept);
        Check(raw.sqlite3_prepare_v3(database, sql, kept ? (uint)raw.SQLITE_PREPARE_PERSISTENT : 0, out _statement));
    }

    public Statement Add(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public Statement Add(long? value)
    {
        if (value is { } number)
            return Add(number);
        Check(raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    public Statement Add(string? value)
    {
        Check(
            value is null
                ? raw.sqlite3_bind_null(_statement, ++_bound)
                : raw.sqlite3_bind_text(_statement, ++_bound, value)
        );
        return this;
    }

    public Statement Add(ReadOnlySpan<byte> value)
    {
        Check(
            value.IsEmpty
                ? raw.sqlite3_bind_zeroblob(_statement, ++_bound, 0)
                : raw.sqlite3_bind_blob(_statement, ++_bound, value)
        );
        return this;
    }

    /// <summary>UTF-8 bytes as text, without the detour over a string.</summary>
    public Statement AddUtf8(ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_text(_statement, ++_bound, value));
        return this;
    }

    /// <summary>True with the next row, false at the end.</summary>
    /// <exception cref="SqliteException">SQLite's own error.</exception>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        Check(code);
        return false;
    }

    /// <summary>Runs a statement that answers no rows and gives the number of rows it changed.</summary>
    public int Run()
    {
        while (Step()) { }

        return raw.sqlite3_changes(_database);
    }

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int(int column) => raw.sqlite3_column_int(_statement, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Gives the statement back: its snapshot ends, its values are forgotten.</summary>
    public void Dispose()
    {
        if (!_kept)
        {
            Close();
            return;
        }

        // The code of a reset repeats the error of the last step, which was thrown there.
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
        _bound = 0;
    }

    /// <summary>Ends the statement for good.</summary>
    public void Close() => _statement.Dispose();

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            SqliteException.ThrowExceptionForRC(code, _database);
    }
}
