namespace CpIs.Fhir.Conformance.Validation;

/// <summary>One problem found by the validator.</summary>
/// <param name="Severity">How grave it is.</param>
/// <param name="Code">FHIR issue-type code, such as <c>required</c>, <c>value</c> or <c>invariant</c>.</param>
/// <param name="Rule">Stable id: one of <see cref="RuleIds"/>, or the key of an invariant.</param>
/// <param name="Message">What is wrong, in one sentence. It may repeat a value that was sent.</param>
/// <param name="Expression">FHIRPath of the place, such as <c>Bundle.entry[3].resource.period.start</c>.</param>
public sealed record ValidationIssue(
    ValidationSeverity Severity,
    string Code,
    string Rule,
    string Message,
    string Expression
)
{
    /// <summary>Line in the source, from 1.</summary>
    public int Line { get; init; }

    /// <summary>Column in the source, from 1.</summary>
    public int Column { get; init; }

    /// <summary>Canonical of the definition that states the rule; null for rules of FHIR's own formats.</summary>
    public string? Profile { get; init; }

    /// <summary>The rule in words, where its definition gives them.</summary>
    public string? RuleText { get; init; }

    /// <summary>What was expected.</summary>
    public string? Expected { get; init; }

    /// <summary>What was found; it may be personal, so it never goes into a log.</summary>
    public string? Found { get; init; }

    /// <summary>How to mend it, where that can be said.</summary>
    public string? Hint { get; init; }
}

/// <summary>How grave a problem is.</summary>
public enum ValidationSeverity
{
    /// <summary>Something that could not be checked, or is only advice.</summary>
    Information,

    /// <summary>Allowed, and probably not what is meant.</summary>
    Warning,

    /// <summary>The resource does not conform.</summary>
    Error,

    /// <summary>It is no FHIR resource; nothing more was looked at.</summary>
    Fatal,
}
