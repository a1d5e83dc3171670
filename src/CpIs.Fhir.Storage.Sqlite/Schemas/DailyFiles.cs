namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// Daily files (<c>body</c> is sealed like a record), their records in slices until they are done, and what became of each.
/// </summary>
internal static class DailyFiles
{
    public const string Script = """
        CREATE TABLE daily_file (
            id TEXT NOT NULL PRIMARY KEY,
            authority TEXT NOT NULL,
            received INTEGER NOT NULL,
            waits INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX daily_file_waiting ON daily_file (waits, id) WHERE waits = 1;
        CREATE INDEX daily_file_read ON daily_file (authority, received);
        CREATE INDEX daily_file_remove ON daily_file (received) WHERE waits = 0;

        CREATE TABLE daily_slice (
            file TEXT NOT NULL,
            batch TEXT NOT NULL,
            number INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (file, batch, number)
        ) STRICT;

        CREATE TABLE daily_result (
            file TEXT NOT NULL,
            number INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (file, number)
        ) STRICT, WITHOUT ROWID;
        """;
}
