namespace CpIs.Fhir.Core.Uploads;

/// <summary>What became of one resource.</summary>
internal enum UploadEffect
{
    /// <summary>Version 1.</summary>
    Created,

    /// <summary>A new version.</summary>
    Updated,

    /// <summary>A version that is the last: read no more.</summary>
    Deleted,

    /// <summary>What was sent is what is there: no new version, but the stamp is that of the newest upload.</summary>
    Unchanged,

    /// <summary>A newer upload was here: nothing was changed.</summary>
    Superseded,
}
