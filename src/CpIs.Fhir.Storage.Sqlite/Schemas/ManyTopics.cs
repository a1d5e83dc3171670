namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// On which topic an obligation is told, and of which a Subscription is told (the numbers of <c>Core/Topics</c>). Before there was one, 0. Open
/// obligations are found by topic, so that those nobody subscribes to are passed over when others get their numbers.
/// </summary>
internal static class ManyTopics
{
    public const string Script = """
        ALTER TABLE obligation ADD COLUMN topic INTEGER NOT NULL DEFAULT 0;
        DROP INDEX obligation_open;
        CREATE INDEX obligation_open ON obligation (authority, topic, key, time) WHERE settled IS NULL;

        ALTER TABLE subscription ADD COLUMN topic INTEGER NOT NULL DEFAULT 0;
        """;
}
