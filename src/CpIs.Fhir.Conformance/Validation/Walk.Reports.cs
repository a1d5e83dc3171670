using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>The words of each problem: how one is told, the rules that invariants are, and how values are shown.</summary>
internal sealed partial class Walk
{
    private const ValidationSeverity Error = ValidationSeverity.Error;
    private const int LongestFound = 120;

    /// <summary>Hands a problem to the sink, which takes it once.</summary>
    /// <param name="node">Where it is; a missing element is told at its parent, with the place it would have.</param>
    /// <param name="severity">How grave.</param>
    /// <param name="code">FHIR issue-type.</param>
    /// <param name="rule">Stable id.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="element">The element whose definition states the rule.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="found">What was found.</param>
    /// <param name="hint">How to mend it.</param>
    /// <param name="profile">Canonical that states the rule, where there is no element.</param>
    /// <param name="ruleText">The rule in the words of its definition.</param>
    /// <param name="at">FHIRPath, where it is not the node's.</param>
    /// <param name="detail">Tells problems apart that have the same place and rule.</param>
    private void Tell(
        FhirNode node,
        ValidationSeverity severity,
        string code,
        string rule,
        string message,
        ElementSchema? element = null,
        string? expected = null,
        string? found = null,
        string? hint = null,
        string? profile = null,
        string? ruleText = null,
        string? at = null,
        string? detail = null
    )
    {
        if (sink.Takes(node, severity, rule, detail))
            sink.Add(
                node,
                new ValidationIssue(severity, code, rule, message, at ?? node.Path)
                {
                    Profile = profile ?? element?.Structure.Url,
                    RuleText = ruleText,
                    Expected = expected,
                    Found = found,
                    Hint = hint,
                }
            );
    }

    private void ReportBroken(FhirNode node, Constraint constraint, string? fault = null) =>
        Tell(
            node,
            constraint.Model.IsWarning ? ValidationSeverity.Warning : Error,
            "invariant",
            constraint.Key,
            fault ?? PlainRules.Find(constraint.Key) ?? constraint.Model.Human,
            found: fault is not null || node.Value is null ? null : Shown(node),
            profile: constraint.Profile,
            ruleText: fault ?? constraint.Model.Human
        );

    private void ReportUnevaluated(FhirNode node, Constraint constraint, string problem) =>
        Tell(
            node,
            ValidationSeverity.Warning,
            "not-supported",
            RuleIds.InvariantUnevaluated,
            $"The rule {constraint.Key} could not be checked: {Short(problem)}.",
            profile: constraint.Profile,
            ruleText: constraint.Model.Human,
            detail: constraint.Key
        );

    /// <summary>What to write, where the definition leaves no choice.</summary>
    private static string? HintOf(ElementSchema element) =>
        (element.Model.Fixed ?? element.Model.Pattern) is { } value ? $"Add it with {Values.Describe(value)}." : null;

    private static string Describe(FhirValueForm form) =>
        form switch
        {
            FhirValueForm.Boolean => "true or false, without quotes",
            FhirValueForm.Number => "a number, without quotes",
            _ => "a string, in quotes",
        };

    private static string FormOf(FhirNode node) =>
        node.Form switch
        {
            FhirValueForm.Null => "null",
            FhirValueForm.Array => "a list in a list",
            FhirValueForm.Text => "a string",
            FhirValueForm.Number => "a number",
            FhirValueForm.Boolean => "true or false",
            FhirValueForm.Attribute => "a value",
            _ => node.IsObject ? "an object" : "no value",
        };

    private static string Shown(FhirNode node) => Short(node.Value ?? Values.Describe(node));

    private static string Short(string text)
    {
        if (text.Length <= LongestFound)
            return text;
        var end = char.IsHighSurrogate(text[LongestFound - 1]) ? LongestFound - 1 : LongestFound;
        return $"{text[..end]}...";
    }
}
