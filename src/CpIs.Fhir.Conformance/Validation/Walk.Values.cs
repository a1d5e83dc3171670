using System.Globalization;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>Values: their format, limits, fixed values and patterns, and the value sets of codes.</summary>
internal sealed partial class Walk
{
    /// <summary>False when the value is not written as its type demands.</summary>
    private bool Value(FhirNode node, TypeSchema type)
    {
        if (type.Code == "xhtml")
        {
            if (Narrative.Check(node.Value!) is { } problem)
                ReportNarrative(node, problem.Rule, problem.Problem);
            return true;
        }

        var form = PrimitiveFormats.FormOf(type.Code);
        if (node.Form != form && node.Form != FhirValueForm.Attribute)
        {
            ReportValueForm(node, form);
            return false;
        }

        if (PrimitiveFormats.IsRight(type.Code, node.Value!))
            return true;
        ReportFormat(node, type);
        return false;
    }

    private void Limits(FhirNode node, ElementSchema element)
    {
        var model = element.Model;
        if (element.Form is { } form && !form.IsMatch(node.Value!))
            ReportRegex(node, element);
        if (
            model.MaxLength is { } most
            && node.Value!.Length > most
            && Characters(node.Value) is var length
            && length > most
        )
            ReportMaxLength(node, element, most, length);
        if (model.MinValue is { Value: { } least } && Compare(node.Value!, least, node.Type) < 0)
            ReportLimit(node, element, RuleIds.MinValue, $"at least {least}");
        if (model.MaxValue is { Value: { } largest } && Compare(node.Value!, largest, node.Type) > 0)
            ReportLimit(node, element, RuleIds.MaxValue, $"at most {largest}");
    }

    /// <summary>Null when the two cannot be compared, as dates of different precision.</summary>
    private static int? Compare(string value, string limit, string? type)
    {
        if (type is "integer" or "positiveInt" or "unsignedInt" or "decimal")
            return CompareNumbers(value, limit);
        if (type is "time")
            return string.CompareOrdinal(WithoutZeros(value), WithoutZeros(limit));
        if (value.Length > 10 && limit.Length > 10 && type is "dateTime" or "instant")
            return
                DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var moment)
                && DateTimeOffset.TryParse(limit, CultureInfo.InvariantCulture, out var bound)
                ? moment.CompareTo(bound)
                : null;
        // Of two dates with different precision the parts that both have may decide.
        var common = Math.Min(10, Math.Min(value.Length, limit.Length));
        return string.CompareOrdinal(value, 0, limit, 0, common) is not 0 and var order ? order
            : value.Length == limit.Length ? 0
            : null;
    }

    /// <summary>Numbers beyond the range of decimal are compared as doubles: they are far apart from any limit.</summary>
    private static int? CompareNumbers(string value, string limit)
    {
        if (
            decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var own)
            && decimal.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out var other)
        )
            return own.CompareTo(other);
        return
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var far)
            && double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out var bound)
            ? far.CompareTo(bound)
            : null;
    }

    /// <summary>A limit of a Quantity holds for quantities in the same unit.</summary>
    private void QuantityLimits(FhirNode node, ElementSchema element)
    {
        if (element.Model.MinValue is { Value: null } least && CompareQuantities(node, least) < 0)
            ReportLimit(node, element, RuleIds.MinValue, $"at least {Values.Describe(least)}");
        if (element.Model.MaxValue is { Value: null } largest && CompareQuantities(node, largest) > 0)
            ReportLimit(node, element, RuleIds.MaxValue, $"at most {Values.Describe(largest)}");
    }

    private static int? CompareQuantities(FhirNode quantity, FhirNode limit) =>
        quantity.Text("system") == limit.Text("system")
        && quantity.Text("code") == limit.Text("code")
        && quantity.Text("value") is { } value
        && limit.Text("value") is { } bound
            ? CompareNumbers(value, bound)
            : null;

    private static string WithoutZeros(string time) =>
        time.Contains('.', StringComparison.Ordinal) ? time.TrimEnd('0').TrimEnd('.') : time;

    /// <summary>Characters of Unicode, as FHIR counts a length: not halves of surrogate pairs, and not what a reader sees as one.</summary>
    private static int Characters(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private void Fixed(FhirNode node, ElementSchema element)
    {
        if (element.Model.Fixed is { } wanted && !Values.IsSame(node, wanted))
            ReportFixed(node, element, wanted);
        if (element.Model.Pattern is { } pattern && !Values.Has(node, pattern))
            ReportPattern(node, element, pattern);
    }

    private void Binding(FhirNode node, ElementSchema element, TypeSchema type, BindingModel binding)
    {
        // A value that must be one value is told as that, not as a code outside its value set.
        if (
            element.Model.Fixed is not null
            || element.Model.Pattern is { } pattern && (pattern.Value is not null || HasCode(pattern))
            || binding.Strength == "example" && binding.MaxValueSet is null
        )
            return;
        switch (type.Code)
        {
            case "CodeableConcept":
                Concept(node, element, binding);
                break;
            case "Coding" or "Quantity" or "SimpleQuantity":
                if (node.Text("code") is { } code)
                    Code(node, element, binding, node.Text("system") ?? "", code);
                break;
            default:
                if (node.Value is { } value)
                    Code(node, element, binding, null, value);
                else if (binding.Strength == "required" && type.Code == "code" && node.Nodes.Length > 0)
                    ReportNoCode(node, element, binding);
                break;
        }
    }

    private static bool HasCode(FhirNode pattern) =>
        Array.Exists(pattern.Nodes, child => child.Name == "code" || HasCode(child));

    /// <summary>One coding of a concept in the value set is enough.</summary>
    private void Concept(FhirNode node, ElementSchema element, BindingModel binding)
    {
        FhirNode? first = null;
        string? reason = null;
        var widest = binding.MaxValueSet;
        var isOutside = widest is not null;
        foreach (var coding in node.ChildrenNamed("coding"))
        {
            if (coding.Text("code") is not { } code)
                continue;
            first ??= coding;
            isOutside &= Outside(widest, coding.Text("system") ?? "", code);
            var answer = run.Terminology.Check(binding.ValueSet!, coding.Text("system") ?? "", code);
            if (answer.Verdict == MembershipVerdict.Member)
                return;
            reason ??= answer.Reason;
        }

        if (first is not null && isOutside)
        {
            ReportCode(first, element, new BindingModel("required", widest), first.Text("code")!, null);
            return;
        }

        if (first is null)
        {
            if ((binding.Strength == "required" || widest is not null) && node.Nodes.Length > 0)
                ReportNoCoding(node, element, binding.Strength == "required" ? binding.ValueSet! : widest!);
            return;
        }

        if (binding.Strength != "example")
            ReportCode(first, element, binding, first.Text("code")!, reason);
    }

    /// <summary>Whether a code is surely outside the widest value set that a binding allows.</summary>
    private bool Outside(string? widest, string? system, string code) =>
        widest is not null && run.Terminology.Check(widest, system, code).Verdict == MembershipVerdict.NotMember;

    private void Code(FhirNode node, ElementSchema element, BindingModel binding, string? system, string code)
    {
        if (Outside(binding.MaxValueSet, system, code))
        {
            ReportCode(node, element, new BindingModel("required", binding.MaxValueSet), code, null);
            return;
        }

        if (binding.Strength == "example")
            return;
        var answer = run.Terminology.Check(binding.ValueSet!, system, code);
        if (answer.Verdict != MembershipVerdict.Member)
            ReportCode(node, element, binding, code, answer.Reason);
    }

    private bool IsInValueSet(FhirNode node, string valueSet)
    {
        if (node.Value is { } code)
            return run.Terminology.Check(valueSet, null, code).Verdict == MembershipVerdict.Member;
        if (node.Text("code") is { } coded)
            return run.Terminology.Check(valueSet, node.Text("system") ?? "", coded).Verdict
                == MembershipVerdict.Member;
        foreach (var coding in node.ChildrenNamed("coding"))
            if (IsInValueSet(coding, valueSet))
                return true;
        return false;
    }

    /// <summary>
    /// A code that its own system does not have is wrong wherever it stands; a display that is not the code's is told as a warning, for what
    /// else the code may be called is not always available.
    /// </summary>
    private void Coding(FhirNode coding)
    {
        if (coding.Text("system") is not { } system || !IsSystem(coding, system) || coding.Text("code") is not { } code)
            return;
        if (run.Terminology.CheckSystem(system, code).Verdict == MembershipVerdict.NotMember)
        {
            // Where a value set has refused the code, that is the problem.
            if (!run.RefusedCodes.ContainsKey(coding))
                ReportUnknownCode(coding, system, code);
            return;
        }

        if (coding.Text("display") is not { } display)
            return;
        var displays = run.Terminology.Displays(system, code);
        if (displays.Count > 0 && !displays.Contains(display, StringComparer.OrdinalIgnoreCase))
            ReportDisplay(coding.Child("display")!, displays[0]);
    }
}
