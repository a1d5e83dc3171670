using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// Which protection the file was made with. With another one the store would find nothing, and nothing would tell that from
/// nothing held.
/// </summary>
internal static class ProtectionMark
{
    /// <summary>A file that already holds something was written before there was a choice. Signing keys are the first thing in it.</summary>
    public const string Script = """
        CREATE TABLE meta (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO meta SELECT 'protection', 'readable' WHERE EXISTS (SELECT 1 FROM signing_key)
            OR EXISTS (SELECT 1 FROM registration) OR EXISTS (SELECT 1 FROM resource) OR EXISTS (SELECT 1 FROM occurrence);
        """;

    /// <summary>Marks a new file; refuses one that was made with another protection.</summary>
    /// <exception cref="StoreUnavailableException">It was; the message says what to do.</exception>
    public static void Check(Connection connection, string file, RecordProtection protection)
    {
        // Before the first write there is no mark, also where a process was killed between making the file and marking it.
        using (var mark = connection.Prepare("INSERT OR IGNORE INTO meta (name, value) VALUES ('protection', ?)"))
            mark.Add(protection.Marker).Run();
        Expect(connection, file, protection);
    }

    /// <summary>Refuses a file that was made with another protection, and writes nothing.</summary>
    /// <exception cref="StoreUnavailableException">It was; the message says what to do.</exception>
    public static void Expect(Connection connection, string file, RecordProtection protection)
    {
        using var row = connection.Prepare("SELECT value FROM meta WHERE name = 'protection'");
        if (!row.Step() || row.Text(0) is var kept && kept == protection.Marker)
            return;
        var why =
            kept == RecordProtection.Readable.Marker
                ? "was made readable, but this server has a key file and would seal what it writes. Remove Protection:KeyFile"
            : protection.IsReadable
                ? "is sealed, and this server has no key file. Name the one that it was made with (Protection:KeyFile)"
            : "is sealed under another blind-index key, which never changes. Name the key file that it was made with";
        throw new StoreUnavailableException(
            $"'{file}' {why}; or move everything to a new store of the other protection with `cpis store copy`."
        );
    }
}
