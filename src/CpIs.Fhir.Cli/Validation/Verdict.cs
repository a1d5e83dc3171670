using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>What the validator says of one input; lines are those of its file.</summary>
/// <param name="Input">What was validated.</param>
/// <param name="Result">The verdict, without what is below the wanted severity.</param>
internal sealed record Verdict(ValidationInput Input, ValidationResult Result)
{
    /// <summary>Validates. Nothing in the input makes it throw.</summary>
    public static Verdict On(
        ValidationInput input,
        Validator validator,
        IReadOnlyList<string> profiles,
        ValidatorOptions options,
        ValidationSeverity least
    )
    {
        var result = validator.Validate(FhirSource.Read(input.Text), profiles, options);
        var before = input.FirstLine - 1;
        if (before > 0 || least > ValidationSeverity.Information)
            result = result with
            {
                Issues =
                [
                    .. result
                        .Issues.Where(issue => issue.Severity >= least)
                        .Select(issue => issue with { Line = issue.Line + before }),
                ],
            };
        return new Verdict(input, result);
    }
}
