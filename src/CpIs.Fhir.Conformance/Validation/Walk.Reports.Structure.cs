using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>The words of each problem: what is there, how often and in which form.</summary>
internal sealed partial class Walk
{
    private void ReportMissing(FhirNode parent, ElementSchema element, int count) =>
        Tell(
            parent,
            Error,
            "required",
            RuleIds.Min,
            element.Model.Reason is { } reason
                ? $"{element.Model.Path} is missing: {reason}"
                : $"{element.Model.Path} is missing.",
            element,
            expected: element.Min == 1 ? null : $"at least {element.Min} of {element.Name}",
            found: count == 0 ? null : $"{count}",
            hint: HintOf(element),
            at: $"{parent.Path}.{element.Name}",
            detail: element.Name
        );

    private void ReportTooMany(FhirNode node, ElementSchema element, int count) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Max,
            $"Found {count} of {element.Model.Path}; at most {element.Max} {(element.Max == 1 ? "is" : "are")} allowed.",
            element
        );

    private void ReportProhibited(FhirNode node, ElementSchema element) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Prohibited,
            element.Model.Reason is { } reason
                ? $"{node.Name} is not allowed here: {reason}"
                : $"{node.Name} is not allowed here.",
            element,
            hint: $"Leave {node.Name} out."
        );

    private void ReportUnknownElement(FhirNode node, ChildTable table)
    {
        if (!sink.Takes(node, Error, RuleIds.UnknownElement))
            return;
        var near = Spelling.Nearest(node.Name, table.Names);
        sink.Add(
            node,
            new ValidationIssue(
                Error,
                "structure",
                RuleIds.UnknownElement,
                $"{Short(node.Name)} is not an element of {node.Parent?.Type ?? "this type"}.",
                node.Path
            )
            {
                Profile = table.Elements.FirstOrDefault()?.Structure.Url,
                Expected = $"one of {string.Join(", ", table.Names.Take(40))}",
                Hint = near is null ? null : $"Is {near} meant?",
            }
        );
    }

    private void ReportStrayType(FhirNode node) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.UnknownElement,
            $"resourceType is not an element of {node.Type ?? "this type"}.",
            hint: "Only resources name their type.",
            at: $"{node.Path}.resourceType",
            detail: "resourceType"
        );

    private void ReportChoiceType(FhirNode node, ElementSchema choice) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Type,
            $"{Short(node.Name)} has a type that is not allowed for {choice.Name}[x].",
            element: choice,
            expected: string.Join(" or ", choice.Types.Select(type => type.Code)),
            found: Short(node.Name[choice.Name.Length..])
        );

    private void ReportForm(FhirNode node, ElementSchema element, string expected) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Type,
            $"{element.Model.Path} must be {expected}.",
            element,
            expected: expected,
            found: FormOf(node)
        );

    private void ReportList(FhirNode node, ElementSchema element)
    {
        var isArray = element.Model.IsArray;
        Tell(
            node,
            Error,
            "structure",
            RuleIds.List,
            isArray ? $"{element.Model.Path} must be a list." : $"{element.Model.Path} must be one value, not a list.",
            element,
            hint: isArray ? "Put it in square brackets, also when there is only one." : "Leave the square brackets out."
        );
    }

    private void ReportEmptyList(FhirNode node, ElementSchema element) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.List,
            $"The list of {element.Name} is empty.",
            element,
            expected: "at least one member",
            hint: "Leave the element out if it has no content."
        );

    private void ReportOrder(FhirNode node, ElementSchema element) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.Order,
            $"{node.Name} must come before the element that it follows.",
            element,
            expected: "the order of the definition, as XML requires"
        );

    private void ReportSlicingUnknown(FhirNode node, ElementSchema element) =>
        Tell(
            node,
            ValidationSeverity.Information,
            "not-supported",
            RuleIds.Unchecked,
            $"The slices of {element.Name} could not be checked: R4 does not define a discriminator that {element.Structure.Name} uses.",
            element,
            found: string.Join(", ", element.Model.Slicing!.Discriminators.Select(each => $"{each.Type} {each.Path}"))
        );

    private void ReportSliceClosed(FhirNode node, ElementSchema element, SliceSet slices) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.SliceClosed,
            $"{element.Structure.Name} does not allow this {element.Name}.",
            element,
            expected: string.Join(", ", slices.Slices.Select(slice => slice.Name)),
            found: Shown(node)
        );

    private void ReportSliceMin(FhirNode parent, ElementSchema element, SliceSchema slice, int count) =>
        Tell(
            parent,
            Error,
            "required",
            RuleIds.SliceMin,
            slice.Element.Model.Reason is { } reason
                ? $"{element.Model.Path} '{slice.Name}' is missing: {reason}"
                : $"{element.Model.Path} '{slice.Name}' is missing.",
            element: slice.Element,
            expected: slice.Element.Min == 1 ? null : $"at least {slice.Element.Min}",
            found: count == 0 ? null : $"{count}",
            hint: HintOf(slice.Element),
            at: $"{parent.Path}.{element.Name}",
            detail: $"{element.Name}:{slice.Name}"
        );

    private void ReportSliceMax(FhirNode node, SliceSchema slice, int count) =>
        Tell(
            node,
            Error,
            "structure",
            slice.Element.IsProhibited ? RuleIds.Prohibited : RuleIds.SliceMax,
            $"Found {count} of {slice.Element.Model.Path} '{slice.Name}'; at most {slice.Element.Max} {(slice.Element.Max == 1 ? "is" : "are")} allowed.",
            element: slice.Element
        );

    private void ReportSliceOrder(FhirNode node, ElementSchema element, SliceSchema slice, SliceSet slices) =>
        Tell(
            node,
            Error,
            "structure",
            RuleIds.SliceOrder,
            $"{element.Name} '{slice.Name}' is in the wrong place.",
            element: slice.Element,
            expected: $"in this order: {string.Join(", ", slices.Slices.Select(each => each.Name))}"
        );
}
