namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// A failure belongs to the endpoint: when to try next, who has it and what failed are kept with the Subscription, where one row moves; an event
/// is a number, what it reports and when it was delivered. Everything that waits is due at once, as after any start.
/// </summary>
internal static class SendingOfSubscriptions
{
    public const string Script = """
        DROP INDEX event_due;
        DROP INDEX event_claim;
        ALTER TABLE event DROP COLUMN due;
        ALTER TABLE event DROP COLUMN lease;
        ALTER TABLE event DROP COLUMN attempts;
        CREATE INDEX event_open ON event (subscription, number, time) WHERE delivered IS NULL;

        ALTER TABLE subscription ADD COLUMN next INTEGER;
        ALTER TABLE subscription ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE subscription ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE subscription ADD COLUMN apart TEXT;
        ALTER TABLE subscription ADD COLUMN next_aside INTEGER;
        UPDATE subscription SET failures = 1 WHERE failing_since IS NOT NULL;
        UPDATE subscription SET next = 0
            WHERE EXISTS (SELECT 1 FROM event e WHERE e.subscription = subscription.id AND e.delivered IS NULL);
        """;
}
