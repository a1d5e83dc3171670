using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests;

/// <summary>The one validator of these tests: R4 and our profiles.</summary>
internal static class TheValidator
{
    public static DefinitionSet Definitions { get; } = DefinitionSet.CoreAndOurs();

    public static Validator Instance { get; } = new(Definitions, new LocalTerminology(Definitions));

    public static ValidationResult Validate(JsonNode resource, params string[] profiles) =>
        Validate(resource.ToJsonString(), profiles);

    public static ValidationResult Validate(string text, params string[] profiles) =>
        Instance.Validate(FhirSource.Read(Encoding.UTF8.GetBytes(text)), profiles);

    /// <summary>The errors in one line each, for a message.</summary>
    public static IEnumerable<string> Errors(this ValidationResult result) =>
        result
            .Issues.Where(issue => issue.Severity >= ValidationSeverity.Error)
            .Select(issue => $"{issue.Rule} {issue.Expression}: {issue.Message}");
}
