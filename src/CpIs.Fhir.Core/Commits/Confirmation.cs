using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// A record that an upload sent again as it is held: its stamp, newer or the same, is kept, and no version is made. An older upload that
/// comes later finds that stamp.
/// </summary>
/// <param name="Resource">The current version, with the stamp to keep.</param>
/// <param name="ExpectedStamp">
/// The stamp that the current version must have; with its version the precondition, so that of two uploads at once none
/// puts a stamp back.
/// </param>
public sealed record Confirmation(StoredResource Resource, UploadStamp? ExpectedStamp);
