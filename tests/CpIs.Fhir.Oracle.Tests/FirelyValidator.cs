using Firely.Fhir.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Specification.Terminology;

namespace CpIs.Fhir.Oracle.Tests;

/// <summary>
/// Firely's reader and validator: what they refuse. Neither validator nor resolver may be used by two threads at once, so each test class has its own.
/// </summary>
internal sealed class FirelyValidator
{
    private readonly Validator _validator;

    public FirelyValidator()
    {
        var definitions = new Definitions();
        _validator = new Validator(definitions, LocalTerminologyService.CreateDefaultForCore(definitions));
    }

    /// <summary>The errors, in one line each; empty where it takes the resource.</summary>
    public IReadOnlyList<string> Errors(string json, string? profile)
    {
        FhirJsonDeserializer.STRICT.TryDeserializeResource(json, out var resource, out var unreadable);
        string[] problems = [.. unreadable.Select(problem => $"reader: {problem.Message}")];
        if (problems.Length > 0 || resource is null)
            return problems.Length > 0 ? problems : ["reader: no resource"];
        return
        [
            .. _validator
                .Validate(resource, profile)
                .Issue.Where(issue =>
                    issue.Severity is OperationOutcome.IssueSeverity.Error or OperationOutcome.IssueSeverity.Fatal
                )
                .Select(issue => $"{issue.Details?.Text ?? issue.Diagnostics} @ {string.Join(",", issue.Expression)}"),
        ];
    }
}
