namespace CpIs.Fhir.Core.Records;

/// <summary>FHIR resource types that are stored as resources. The numbers are stored: never renumber.</summary>
public enum RecordType
{
    /// <summary>One authority's Patient for one NHS number.</summary>
    Patient = 1,

    /// <summary>A plan.</summary>
    EpisodeOfCare = 2,

    /// <summary>What a clinician sees of a plan.</summary>
    Flag = 3,

    /// <summary>An authority or setting.</summary>
    Organization = 4,

    /// <summary>An authority's wish to be notified.</summary>
    Subscription = 5,

    /// <summary>The mark of an NHS number that is no longer in use: no type of FHIR, as it never leaves the server.</summary>
    InactiveNumber = 6,

    /// <summary>A data-quality report of an authority of one day: no type of FHIR, as it never leaves the server as it is stored.</summary>
    QualityReport = 7,
}
