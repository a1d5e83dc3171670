using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// Validates resources against the R4 types and against profiles: structure, values, terminology, slicing, extensions, references,
/// Bundles and invariants. One is made for a set of definitions and used from any number of threads; schemas are compiled once.
/// </summary>
public sealed class Validator(IDefinitions definitions, ITerminology terminology)
{
    private readonly SchemaSet _schemas = new(definitions);

    /// <summary>What the definitions were compiled to.</summary>
    internal SchemaSet Schemas => _schemas;

    /// <summary>Validates one resource.</summary>
    /// <param name="source">The resource as it was sent.</param>
    /// <param name="profiles">Canonicals that it must meet, perhaps with version. Without any, and without claims, its R4 type counts.</param>
    /// <param name="options">How to validate; null for <see cref="ValidatorOptions.Default"/>.</param>
    /// <returns>The verdict. Input never makes this throw.</returns>
    public ValidationResult Validate(
        FhirSource source,
        IReadOnlyList<string>? profiles = null,
        ValidatorOptions? options = null
    )
    {
        options ??= ValidatorOptions.Default;
        profiles ??= [];
        if (source.Root is not { } root)
            return Unreadable(source, profiles);
        var run = new Run(_schemas, terminology, options, source);
        var sink = new IssueSink(source, options.MaximumIssues);
        new Walk(run, sink).Root(root, profiles);
        foreach (var question in run.Afterwards)
            question();
        return new ValidationResult(
            sink.Sorted(),
            sink.Omitted,
            sink.Errors,
            root.ResourceType,
            [.. run.AppliedToRoot]
        );
    }

    private static ValidationResult Unreadable(FhirSource source, IReadOnlyList<string> profiles) =>
        new(
            [
                .. source.Problems.Select(problem => new ValidationIssue(
                    ValidationSeverity.Fatal,
                    problem.Code,
                    problem.Rule ?? "cpis-json-syntax",
                    problem.Diagnostics,
                    problem.Expression ?? ""
                )
                {
                    Line = problem.Position?.Line ?? 1,
                    Column = problem.Position?.Column ?? 1,
                }),
            ],
            0,
            Math.Max(1, source.Problems.Count),
            null,
            profiles
        );
}
