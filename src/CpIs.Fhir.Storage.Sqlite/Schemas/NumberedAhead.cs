namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>
/// Open obligations that have their event on a Subscription although they come after its mark. This store numbers in order
/// and makes none; a copy from a store that numbers otherwise brings them.
/// </summary>
internal static class NumberedAhead
{
    public const string Script = """
        CREATE TABLE numbered_ahead (
            subscription TEXT NOT NULL,
            obligation INTEGER NOT NULL,
            PRIMARY KEY (subscription, obligation)
        ) STRICT, WITHOUT ROWID;
        """;
}
