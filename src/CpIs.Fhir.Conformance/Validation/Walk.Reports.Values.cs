using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>The words of each problem: values and codes.</summary>
internal sealed partial class Walk
{
    private void ReportValueForm(FhirNode node, FhirValueForm form) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Type,
            $"{node.ElementPath ?? node.Name} must be {Describe(form)}.",
            expected: Describe(form),
            found: FormOf(node),
            hint: form == FhirValueForm.Text ? "Put it in quotes." : "Leave the quotes out."
        );

    private void ReportFormat(FhirNode node, TypeSchema type) =>
        Tell(
            node,
            Error,
            "value",
            RuleIds.Format,
            $"{node.ElementPath ?? node.Name} must be {PrimitiveFormats.Describe(type.Code)}.",
            expected: PrimitiveFormats.Describe(type.Code),
            found: Shown(node),
            hint: string.IsNullOrWhiteSpace(node.Value) ? "Leave the element out if it has no value." : null
        );

    private void ReportNarrative(FhirNode node, string rule, string problem) =>
        Tell(
            node,
            Error,
            "invariant",
            rule,
            $"The narrative is not allowed: {problem}.",
            profile: Canonicals.R4 + "Narrative",
            ruleText: "A narrative contains formatting elements of HTML and some text or an image, and nothing that runs."
        );

    private void ReportMaxLength(FhirNode node, ElementSchema element, int most, int length) =>
        Tell(
            node,
            Error,
            "too-long",
            RuleIds.MaxLength,
            $"The text is longer than {most} characters.",
            element,
            expected: $"at most {most} characters",
            found: $"{length}"
        );

    private void ReportLimit(FhirNode node, ElementSchema element, string rule, string expected) =>
        Tell(
            node,
            Error,
            "value",
            rule,
            $"The value must be {expected}.",
            element,
            expected: expected,
            found: Shown(node)
        );

    private void ReportFixed(FhirNode node, ElementSchema element, FhirNode wanted) =>
        Tell(
            node,
            Error,
            "value",
            RuleIds.Fixed,
            $"{element.Model.Path} must be {Values.Describe(wanted)}.",
            element,
            found: Shown(node)
        );

    private void ReportPattern(FhirNode node, ElementSchema element, FhirNode pattern) =>
        Tell(
            node,
            Error,
            "value",
            RuleIds.Pattern,
            $"{element.Model.Path} must have {Values.Describe(pattern)}.",
            element,
            found: Shown(node)
        );

    private void ReportCode(FhirNode node, ElementSchema element, BindingModel binding, string code, string? unknown)
    {
        var severity = (unknown, binding.Strength) switch
        {
            (not null, _) => ValidationSeverity.Information,
            (_, "required") => Error,
            // Whether a code of the value set would do only a person can say: HL7's validator warns too.
            (_, "extensible") => ValidationSeverity.Warning,
            _ => ValidationSeverity.Information,
        };
        var rule = unknown is null ? RuleIds.Binding : RuleIds.Unchecked;
        // Two value sets of one element, as a profile's within FHIR's, refuse a code once.
        if (severity >= ValidationSeverity.Warning && !sink.IsSilent)
        {
            if (run.RefusedCodes.TryGetValue(node, out var told) && told >= severity)
                return;
            run.RefusedCodes[node] = severity;
        }

        if (!sink.Takes(node, severity, rule, binding.ValueSet))
            return;
        var some = run.Terminology.Some(binding.ValueSet!, 11);
        var allowed = some.Count is 0 or > 10 ? $"a code of {binding.ValueSet}" : string.Join(", ", some.Select(Named));
        var message = unknown is null
            ? $"{element.Model.Path} must be {(some.Count is 1 or 0 or > 10 ? "" : "one of ")}{allowed}."
            : $"The code '{Short(code)}' could not be checked: {unknown}.";
        sink.Add(
            node,
            new ValidationIssue(severity, unknown is null ? "code-invalid" : "not-supported", rule, message, node.Path)
            {
                Profile = element.Structure.Url,
                Expected = some.Count is 0 or > 10
                    ? $"a code of {binding.ValueSet} ({binding.Strength})"
                    : $"{string.Join(", ", some.Select(concept => concept.Code))} of {binding.ValueSet} ({binding.Strength})",
                Found = Short(code),
                Hint = unknown is null
                    ? Spelling.Nearest(code, some.Select(concept => concept.Code)) is { } near && near != code
                        ? $"Is {near} meant?"
                        : null
                    : "Load the package that defines it.",
            }
        );
    }

    private string Named((string System, string Code) concept) =>
        (
            concept.System == FhirSystems.Snomed ? PlanTypes.FromCode(concept.Code)?.Display
            : run.Terminology.Displays(concept.System, concept.Code) is [var first, ..] ? first
            : null
        )
            is { } display
            ? $"{concept.Code} ({display})"
            : concept.Code;

    private void ReportUnknownCode(FhirNode coding, string system, string code) =>
        Tell(
            coding,
            Error,
            "code-invalid",
            RuleIds.Code,
            $"The system has no code '{Short(code)}'.",
            expected: $"a code of {Short(system)}",
            found: Short(code)
        );

    private void ReportRegex(FhirNode node, ElementSchema element) =>
        Tell(
            node,
            Error,
            "value",
            RuleIds.Regex,
            $"{element.Model.Path} does not have the form that is required.",
            element,
            expected: $"a text of the form {element.Model.Regex}",
            found: Shown(node)
        );

    private void ReportNoCode(FhirNode node, ElementSchema element, BindingModel binding) =>
        Tell(
            node,
            Error,
            "code-invalid",
            RuleIds.Binding,
            $"{element.Model.Path} has no value. A code of the value set is required, and an extension does not replace it.",
            element,
            expected: $"a code of {binding.ValueSet} (required)",
            found: "no code",
            detail: binding.ValueSet
        );

    private void ReportNoCoding(FhirNode node, ElementSchema element, string valueSet) =>
        Tell(
            node,
            Error,
            "code-invalid",
            RuleIds.Binding,
            $"{element.Model.Path} has no code. Send a coding with a code of the value set.",
            element,
            expected: $"a coding from {valueSet} (required)",
            found: "no coding with a code",
            detail: valueSet
        );

    private void ReportDisplay(FhirNode display, string right) =>
        Tell(
            display,
            ValidationSeverity.Warning,
            "value",
            RuleIds.Display,
            "The display must be that of the code.",
            expected: right,
            found: Shown(display)
        );
}
