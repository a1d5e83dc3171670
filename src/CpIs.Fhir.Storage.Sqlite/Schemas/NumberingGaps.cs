namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// What is kept of restores: each that the store was told of, and with a Subscription the numbers that are passed over
/// (<see cref="CpIs.Fhir.Core.Notifications.NumberingGap"/>).
/// </summary>
internal static class NumberingGaps
{
    public const string Script = """
        CREATE TABLE restore (
            epoch INTEGER NOT NULL PRIMARY KEY,
            told INTEGER NOT NULL
        ) STRICT;
        ALTER TABLE subscription ADD COLUMN gaps TEXT;
        """;
}
