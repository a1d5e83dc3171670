namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// Who has taken a notice (<c>taken</c>, and the occurrence that says who), whether a Subscription is sent to or fetches (<c>sends</c>), and the ledger of attempts.
/// </summary>
internal static class WorklistsAndAttempts
{
    public const string Script = """
        ALTER TABLE obligation ADD COLUMN taken INTEGER;
        ALTER TABLE obligation ADD COLUMN taken_by TEXT;
        CREATE INDEX obligation_worklist ON obligation (authority, time, occurrence);

        ALTER TABLE subscription ADD COLUMN sends INTEGER NOT NULL DEFAULT 1;

        CREATE TABLE attempt (
            id TEXT NOT NULL,
            subscription TEXT NOT NULL,
            time INTEGER NOT NULL,
            server TEXT NOT NULL,
            type TEXT NOT NULL,
            number INTEGER,
            events INTEGER NOT NULL,
            status INTEGER,
            duration INTEGER NOT NULL,
            error TEXT,
            PRIMARY KEY (subscription, time, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attempt_remove ON attempt (time);
        """;
}
