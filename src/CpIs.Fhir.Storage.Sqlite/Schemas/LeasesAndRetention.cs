namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// Leases, when a receiver last took anything, and the ways from what is removed to what hangs on it: an occurrence's
/// obligations, an obligation's events, and what has been kept long enough.
/// </summary>
internal static class LeasesAndRetention
{
    public const string Script = """
        CREATE TABLE lease (
            name TEXT NOT NULL PRIMARY KEY,
            holder TEXT NOT NULL,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX lease_purge ON lease (until);

        ALTER TABLE subscription ADD COLUMN last_taken INTEGER;

        CREATE INDEX obligation_of_occurrence ON obligation (occurrence);
        CREATE INDEX event_of_obligation ON event_obligation (obligation);
        CREATE INDEX event_remove ON event (delivered) WHERE delivered IS NOT NULL;
        CREATE INDEX resource_version_remove ON resource_version (updated);
        """;
}
