namespace CpIs.Fhir.Core.Occurrences;

/// <summary>How an upload ended, for the authority that sent it. How many records it wrote is the <see cref="Occurrence.Reason"/>.</summary>
/// <param name="Verdict">In one word, for programs.</param>
/// <param name="Time">Its stamp: when the authority took the data from its register.</param>
/// <param name="Sequence">The stamp's sequence number; 0 where the interface has none.</param>
public sealed record UploadNotice(UploadVerdict Verdict, DateTimeOffset Time, long Sequence);

/// <summary>How an upload ended. The names are stored: never rename.</summary>
public enum UploadVerdict
{
    /// <summary>Every record was taken.</summary>
    Taken,

    /// <summary>Some records were taken and others refused.</summary>
    TakenInPart,

    /// <summary>No record was taken.</summary>
    Refused,
}
