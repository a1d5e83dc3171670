using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// The mark of an unfinished copy, with its bookmarks: tables that are there only while a copy into the store is in progress.
/// They are no part of the schema, so that no finished store carries anything of them.
/// </summary>
internal static class UnfinishedCopy
{
    private const string Tables = """
        CREATE TABLE transfer (
            fingerprint TEXT NOT NULL,
            source TEXT NOT NULL,
            started INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE transfer_bookmark (
            section INTEGER NOT NULL PRIMARY KEY,
            last_key TEXT,
            read TEXT NOT NULL,
            whole INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE transfer_index (
            name TEXT NOT NULL PRIMARY KEY,
            script TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """;

    /// <summary>Refuses to open a store for a server while a copy into it is unfinished.</summary>
    /// <exception cref="StoreUnavailableException">It is; the message says what to do.</exception>
    public static void Refuse(Connection connection, string directory)
    {
        if (IsIn(connection))
            throw new StoreUnavailableException(
                $"A copy into this store ('{directory}') has not finished. Run it again, or start with an empty store."
            );
    }

    /// <summary>True when a copy into the store is in progress.</summary>
    public static bool IsIn(Connection connection)
    {
        using var row = connection.Prepare("SELECT 1 FROM pragma_table_info('transfer')");
        return row.Step();
    }

    /// <summary>Sets the mark.</summary>
    public static void Begin(Connection connection, TransferStart copy)
    {
        connection.RunScript(Tables);
        using var statement = connection.Prepare(
            "INSERT INTO transfer (fingerprint, source, started) VALUES (?, ?, ?)"
        );
        statement.Add(copy.Fingerprint).Add(copy.Source).Add(copy.Started.ToUnixTimeMilliseconds()).Run();
    }

    /// <summary>The copy that is in progress.</summary>
    public static TransferStart Read(Connection connection)
    {
        using var row = connection.Prepare("SELECT fingerprint, source, started FROM transfer");
        row.Step();
        return new TransferStart(row.Text(0), row.Text(1), DateTimeOffset.FromUnixTimeMilliseconds(row.Long(2)));
    }

    /// <summary>How far each section has come.</summary>
    public static Dictionary<TransferSection, TransferBookmark> ReadBookmarks(Connection connection)
    {
        using var rows = connection.Prepare("SELECT section, last_key, read, whole FROM transfer_bookmark");
        var bookmarks = new Dictionary<TransferSection, TransferBookmark>();
        while (rows.Step())
            bookmarks[(TransferSection)rows.Int(0)] = new TransferBookmark(
                rows.TextOrNull(1),
                SectionSum.Parse(rows.Text(2)),
                rows.Int(3) == 1
            );
        return bookmarks;
    }

    /// <summary>Moves a bookmark.</summary>
    public static void Save(Connection connection, TransferSection section, TransferBookmark bookmark)
    {
        using var statement = connection.Prepare(
            "INSERT OR REPLACE INTO transfer_bookmark (section, last_key, read, whole) VALUES (?, ?, ?, ?)"
        );
        statement
            .Add((long)section)
            .Add(bookmark.LastKey)
            .Add(bookmark.Read.ToString())
            .Add(bookmark.IsWhole ? 1 : 0)
            .Run();
    }

    /// <summary>Takes the mark away, with all that belongs to it.</summary>
    public static void End(Connection connection) =>
        connection.RunScript("DROP TABLE transfer_bookmark; DROP TABLE transfer_index; DROP TABLE transfer;");
}
