namespace CpIs.Fhir.Conformance.Validation;

/// <summary>How a resource is validated.</summary>
public sealed record ValidatorOptions
{
    /// <summary>What is chosen where nothing is said.</summary>
    public static ValidatorOptions Default { get; } = new();

    /// <summary>Most issues listed; the rest is counted.</summary>
    public int MaximumIssues { get; init; } = 200;

    /// <summary>Whether the profiles that resources claim (<c>meta.profile</c>) are applied.</summary>
    public bool UseClaimedProfiles { get; init; } = true;

    /// <summary>Whether advice is listed too, such as <c>dom-6</c> (a resource should have narrative).</summary>
    public bool ShowAdvice { get; init; }

    /// <summary>Whether invariants are evaluated. Without, a verdict is about structure only.</summary>
    public bool RunInvariants { get; init; } = true;
}
