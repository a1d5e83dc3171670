using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Matrix;

/// <summary>A good resource with one thing wrong.</summary>
/// <param name="Instance">What it was made from.</param>
/// <param name="Breach">What was done: <c>missing</c>, <c>too many</c>, ...</param>
/// <param name="ElementId">The element of the profile whose rule is broken.</param>
/// <param name="Resource">The resource, changed.</param>
/// <param name="Rules">Rules of which one must be told.</param>
/// <param name="Places">Places of which it must be told at one.</param>
internal sealed record Mutation(
    GoodInstance Instance,
    string Breach,
    string ElementId,
    JsonObject Resource,
    string[] Rules,
    string[] Places
)
{
    /// <summary>Null when the validator tells the right rule at the right place, else what it tells.</summary>
    public string? Judge()
    {
        var result = TheValidator.Validate(Resource, Instance.Profile.Url);
        if (
            result.Issues.Any(issue =>
                issue.Severity >= ValidationSeverity.Error
                && Rules.Contains(issue.Rule)
                && Places.Contains(issue.Expression)
                && issue.Line > 0
            )
        )
            return null;
        return $"{Instance.Name}, {Breach} {ElementId}: expected {string.Join(" or ", Rules)} at {string.Join(" or ", Places)}, told [{string.Join("; ", result.Errors())}]";
    }
}
