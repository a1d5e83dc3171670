using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite.LookUps;

/// <summary>
/// The two reads of a look-up. Kept apart so that whoever measures how much they read runs the very same; each takes the
/// child's key.
/// </summary>
internal static class LookUpSql
{
    /// <summary>Everything held of a child.</summary>
    public static readonly string Child =
        $"SELECT {ResourceRow.Columns} FROM resource r WHERE r.child = ? ORDER BY r.type";

    /// <summary>
    /// Those of its accesses that look-ups read, newest first; one without a person does not stand in the history. The index is
    /// named, because SQLite would as soon walk through all accesses of the child, misses too.
    /// </summary>
    public const string History = """
        SELECT time, person, id, document FROM occurrence INDEXED BY occurrence_history
        WHERE child = ? AND in_history = 1 ORDER BY time DESC, id DESC
        """;
}
