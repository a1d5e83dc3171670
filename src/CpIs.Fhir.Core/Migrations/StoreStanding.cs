using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Core.Migrations;

/// <summary>How a store stands.</summary>
/// <param name="Schema">Of which schema it is.</param>
/// <param name="KnownSchema">Which one this version works with.</param>
/// <param name="IsSealed">Whether it is sealed (<see cref="Protection.RecordProtection"/>); null for one that holds nothing yet.</param>
/// <param name="UnfinishedCopy">The copy into it that has not finished, or null.</param>
/// <param name="Pending">What must be run before a server of this version opens it, in order.</param>
/// <param name="Counts">How much it holds, by section; empty for another schema than the known one.</param>
public sealed record StoreStanding(
    int Schema,
    int KnownSchema,
    bool? IsSealed,
    TransferStart? UnfinishedCopy,
    IReadOnlyList<PendingMigration> Pending,
    IReadOnlyDictionary<TransferSection, long> Counts
);

/// <summary>A migration that a store has not seen yet.</summary>
/// <param name="Version">The schema that it leads to.</param>
/// <param name="What">What it is for, in a few words.</param>
/// <param name="Records">How many records it looks at; 0 where it changes tables alone.</param>
public sealed record PendingMigration(int Version, string What, long Records);

/// <summary>How far a migration has come.</summary>
/// <param name="Migration">Which.</param>
/// <param name="Done">Records looked at, those of an earlier run included; for one that changes tables alone, 1 at its end.</param>
/// <param name="Total">Of how many.</param>
public sealed record MigrationProgress(PendingMigration Migration, long Done, long Total);
