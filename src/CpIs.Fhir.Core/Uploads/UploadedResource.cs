using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>What became of one resource.</summary>
internal enum UploadEffect
{
    /// <summary>Version 1.</summary>
    Created,

    /// <summary>A new version.</summary>
    Updated,

    /// <summary>What was sent is what is there: no new version.</summary>
    Unchanged,
}

/// <summary>One resource after the upload.</summary>
/// <param name="Resource">The current version.</param>
/// <param name="Effect">What became of it.</param>
internal sealed record UploadedResource(StoredResource Resource, UploadEffect Effect)
{
    /// <summary>The change to commit, or null.</summary>
    public Change? Change => Effect == UploadEffect.Unchanged ? null : new Change(Resource, Resource.Version - 1);
}
