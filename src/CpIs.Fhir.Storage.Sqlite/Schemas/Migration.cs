namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>One step forward of the schema. There is no way back: an older version of the server refuses the file.</summary>
/// <param name="Version">Counting from 1 without gap. A number that has been released is never changed.</param>
/// <param name="What">What it is for, in a few words, shown while it runs.</param>
/// <param name="Script">SQL that changes tables; it runs in one transaction, so a killed process leaves all of it or none.</param>
/// <param name="Work">What is done before with code, a batch at a time; null for most.</param>
internal sealed record Migration(int Version, string What, string Script, IMigrationWork? Work = null)
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        new(1, "the first tables", FirstTables.Script),
        new(2, "leases and retention", LeasesAndRetention.Script),
        new(3, "the mark of the protection", ProtectionMark.Script),
        new(4, "who may read an access", ReadersOfAccesses.Script, new ReadersOfAccesses()),
        new(5, "how sending to a Subscription stands", SendingOfSubscriptions.Script),
        new(6, "work-lists and the ledger of attempts", WorklistsAndAttempts.Script),
        new(7, "restores, and the numbers passed over after them", NumberingGaps.Script),
        new(8, "topics of obligations and Subscriptions", ManyTopics.Script),
        new(9, "daily files", DailyFiles.Script),
        new(10, "an authority's Patients by id", OwnPatients.Script),
    ];
}
