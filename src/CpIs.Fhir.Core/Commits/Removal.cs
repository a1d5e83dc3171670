using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Commits;

/// <summary>One record that is to be gone, with every version of it and its search values (retention).</summary>
/// <param name="Type">Patient, EpisodeOfCare or Flag, or a data-quality report.</param>
/// <param name="Id">Its id.</param>
/// <param name="ExpectedVersion">The version that must be current.</param>
/// <exception cref="ArgumentOutOfRangeException">
/// Another type: a Subscription owns the numbers of its events, which never start again (promise 4).
/// </exception>
public sealed record Removal(RecordType Type, string Id, int ExpectedVersion)
{
    /// <summary>Patient, EpisodeOfCare or Flag, or a data-quality report.</summary>
    public RecordType Type { get; } =
        Type is RecordType.Patient or RecordType.EpisodeOfCare or RecordType.Flag or RecordType.QualityReport
            ? Type
            : throw new ArgumentOutOfRangeException(nameof(Type), Type, "Only records are removed.");
}
