using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Commits;

/// <summary>One new version of one resource.</summary>
/// <param name="Resource">What to store; its version is <paramref name="ExpectedVersion"/> + 1.</param>
/// <param name="ExpectedVersion">The version that must be current; 0 when no resource of that id, and none of the same type and identity, may exist.</param>
public sealed record Change(StoredResource Resource, int ExpectedVersion)
{
    /// <summary>The stamp that the version to replace must have; null where it has none.</summary>
    public UploadStamp? ExpectedStamp { get; init; }
}
