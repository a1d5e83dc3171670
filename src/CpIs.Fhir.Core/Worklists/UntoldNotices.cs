namespace CpIs.Fhir.Core.Worklists;

/// <summary>What an authority has not been told of.</summary>
/// <param name="Authority">Which.</param>
/// <param name="Count">How many notices, at least 1.</param>
/// <param name="Oldest">When the oldest of these children was looked up.</param>
public sealed record UntoldNotices(OdsCode Authority, long Count, DateTimeOffset Oldest)
{
    /// <summary>When the oldest of those happened that a MESH mailbox cannot tell of (<see cref="Topics.TopicRow.InMesh"/>); null for none.</summary>
    public DateTimeOffset? OldestOutsideMesh { get; init; }
}
