using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>One resource after the upload.</summary>
/// <param name="Resource">The current version.</param>
/// <param name="Effect">What became of it.</param>
/// <param name="Held">What was current before, or null.</param>
internal sealed record UploadedResource(StoredResource Resource, UploadEffect Effect, StoredResource? Held)
{
    /// <summary>The change to commit, or null.</summary>
    public Change? Change =>
        Resource.Version == Held?.Version
            ? null
            : new Change(Resource, Resource.Version - 1) { ExpectedStamp = Held?.Stamp };

    /// <summary>The newer stamp to commit where nothing else changes, or null.</summary>
    public Confirmation? Confirmation =>
        Held is not null && Resource.Version == Held.Version && Resource.Stamp != Held.Stamp
            ? new Confirmation(Resource, Held.Stamp)
            : null;
}
