namespace CpIs.Fhir.Conformance.Validation;

/// <summary>The verdict on one resource.</summary>
/// <param name="Issues">The problems in the order of the source, at most as many as asked for.</param>
/// <param name="Omitted">How many more there are.</param>
/// <param name="Errors">How many errors there are in all, also among the omitted.</param>
/// <param name="ResourceType">Type of the resource; null when that cannot be decided.</param>
/// <param name="Profiles">Canonicals that it was validated against.</param>
public sealed record ValidationResult(
    IReadOnlyList<ValidationIssue> Issues,
    int Omitted,
    int Errors,
    string? ResourceType,
    IReadOnlyList<string> Profiles
)
{
    /// <summary>True when there is no error. Warnings and information do not count.</summary>
    public bool IsValid => Errors == 0;
}
