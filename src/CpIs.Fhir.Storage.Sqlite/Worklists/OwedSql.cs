using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Storage.Sqlite.Worklists;

/// <summary>Which obligations are owed to the authority, rather than kept for a Subscription that asks for information.</summary>
internal static class OwedSql
{
    /// <summary>The condition, over a table of obligations.</summary>
    public static readonly string Topics =
        $"topic IN ({string.Join(", ", TopicTable.All.Where(row => row.TellsOfChild).Select(row => (int)row.Topic))})";
}
