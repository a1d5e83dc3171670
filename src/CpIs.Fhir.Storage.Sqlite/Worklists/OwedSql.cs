using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Storage.Sqlite.Worklists;

/// <summary>Which obligations are owed to the authority, rather than kept for a Subscription that asks for information.</summary>
internal static class OwedSql
{
    /// <summary>The condition, over a table of obligations.</summary>
    public static readonly string Topics = Among(row => row.TellsOfChild);

    /// <summary>Of these, those that a MESH mailbox cannot tell of.</summary>
    public static readonly string OutsideMesh = Among(row => row is { TellsOfChild: true, InMesh: false });

    private static string Among(Func<TopicRow, bool> which) =>
        $"topic IN ({string.Join(", ", TopicTable.All.Where(which).Select(row => (int)row.Topic))})";
}
