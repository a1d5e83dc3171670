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
);
