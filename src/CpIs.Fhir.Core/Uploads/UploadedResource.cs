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

    /// <summary>
    /// That it is still as it was read, with the stamp to keep; null where it changes or a newer upload holds. A Flag has no stamp: its
    /// EpisodeOfCare, with which it is always written, stands for it.
    /// </summary>
    public Confirmation? Confirmation =>
        Effect == UploadEffect.Unchanged && Resource.Type != RecordType.Flag
            ? new Confirmation(Resource, Held!.Stamp)
            : null;
}
