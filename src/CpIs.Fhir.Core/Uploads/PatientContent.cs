using CpIs.Fhir.Core.Retention;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>What an authority says of a child, and all that CP-IS holds of one. Every value has passed the rules.</summary>
/// <param name="Number">NHS number; for an unborn plan the mother's.</param>
/// <param name="LocalId">The authority's own person id, or null. Never shown to a setting.</param>
/// <param name="Family">Family name.</param>
/// <param name="Given">Given names, at least one.</param>
/// <param name="BirthDate">Date of birth.</param>
internal sealed record PatientContent(
    NhsNumber Number,
    string? LocalId,
    string Family,
    IReadOnlyList<string> Given,
    DateOnly BirthDate
)
{
    /// <summary>
    /// For so long after its last version a Patient is surely not removed; two days less than the least that it is kept,
    /// so that neither a slow upload nor a clock that is wrong matters.
    /// </summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromDays(RetentionOptions.LeastRecordDays - 2);
}
