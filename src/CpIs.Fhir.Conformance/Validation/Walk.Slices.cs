using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>Slices: which slice each repetition belongs to, and whether each slice has as many as it must.</summary>
internal sealed partial class Walk
{
    private void Slices(ArraySegment<FhirNode> group, ElementSchema element, TypeSchema? type, SliceSet slices)
    {
        if (slices.CannotBeTold)
        {
            ReportSlicingUnknown(group[0], element);
            foreach (var node in group)
                Element(node, element, type);
            return;
        }

        var counts = new int[slices.Slices.Length];
        List<FhirNode>?[]? again = null;
        var last = -1;
        var outside = false;
        foreach (var node in group)
        {
            var at = FindSlice(node, slices);
            if (at < 0)
            {
                outside = true;
                if (slices.Default is not { } otherwise)
                {
                    Outside(node, element, type, slices);
                    continue;
                }

                at = Array.IndexOf(slices.Slices, otherwise);
            }
            else
            {
                if (slices.IsOrdered && at < last || slices.IsOpenAtEnd && outside)
                    ReportSliceOrder(node, element, slices.Slices[at], slices);
                last = Math.Max(last, at);
            }

            var slice = slices.Slices[at];
            if (++counts[at] > slice.Element.Max)
                ReportSliceMax(node, slice, counts[at]);
            else if (slice.Element.Slices is not null)
                ((again ??= new List<FhirNode>?[counts.Length])[at] ??= []).Add(node);
            else
                Slice(node, element, type, slice);
        }

        for (var at = 0; at < counts.Length; at++)
        {
            var slice = slices.Slices[at];
            if (again?[at] is { } members)
                Reslice([.. members], element, type, slice);
            if (counts[at] < slice.Element.Min)
                ReportSliceMin(group[0].Parent!, element, slice, counts[at]);
        }
    }

    private void Slice(FhirNode node, ElementSchema element, TypeSchema? type, SliceSchema slice)
    {
        Element(node, slice.Element, TypeIn(slice.Element, type));
        if (!slice.CoversBase)
            Element(node, element, type);
    }

    /// <summary>All that is in a slice which has slices itself: those are counted over all of it.</summary>
    private void Reslice(FhirNode[] members, ElementSchema element, TypeSchema? type, SliceSchema slice)
    {
        Slices(members, slice.Element, TypeIn(slice.Element, type), slice.Element.Slices!);
        if (!slice.CoversBase)
            foreach (var node in members)
                Element(node, element, type);
    }

    private void Outside(FhirNode node, ElementSchema element, TypeSchema? type, SliceSet slices)
    {
        if (IsPartOfExtension(node, element))
            ReportUnknownPart(node, element);
        if (!slices.IsClosed)
            Element(node, element, type);
        else if (HasForm(node, element, type?.Structure?.Kind ?? FhirKind.Complex, type))
            ReportSliceClosed(node, element, slices);
    }

    /// <summary>A part of an extension has a name that only the definition of that extension can give it, so there must be one.</summary>
    private static bool IsPartOfExtension(FhirNode node, ElementSchema element) =>
        element is { Name: "extension", Structure.Type: "Extension" }
        && node.Text("url") is { } url
        && !url.Contains(':', StringComparison.Ordinal);

    /// <summary>A slice of a choice names its type; a slice of a resource place names the resource's.</summary>
    private static TypeSchema? TypeIn(ElementSchema slice, TypeSchema? type)
    {
        if (slice.Types.Length == 0)
            return type;
        foreach (var option in slice.Types)
            if (option.Code == type?.Code)
                return option;
        return slice.Types[0];
    }

    private void MissingSlices(FhirNode parent, ElementSchema element, SliceSet slices)
    {
        foreach (var slice in slices.Slices)
            if (slice.Element.Min > 0)
                ReportSliceMin(parent, element, slice, 0);
    }

    /// <summary>Name of the slice that a node belongs to; null for none.</summary>
    public string? SliceOf(FhirNode node, SliceSet slices) =>
        FindSlice(node, slices) is >= 0 and var at ? slices.Slices[at].Name : null;

    /// <summary>Place of the slice that a node belongs to; -1 for none.</summary>
    private int FindSlice(FhirNode node, SliceSet slices)
    {
        for (var at = 0; at < slices.Slices.Length; at++)
            if (!slices.Slices[at].IsDefault && Belongs(node, slices.Slices[at]))
                return at;
        return -1;
    }

    private bool Belongs(FhirNode node, SliceSchema slice)
    {
        foreach (var test in slice.Tests)
            if (!Holds(node, test))
                return false;
        if (slice.Tests.Length > 0)
            return true;
        // Without discriminators a slice is known by its rules as a whole.
        return IsMetBy(node, slice.Element);
    }

    private bool Holds(FhirNode node, SliceTest test)
    {
        if (test.Url is { } url)
            return node.Text("url") == url;
        var any = false;
        foreach (var found in run.Targets.Follow(node, test.Path))
        {
            any = true;
            if (test.Kind is SliceTestKind.Absent)
                return false;
            if (!Holds(found, test, node))
                return false;
        }

        return any || test.Kind == SliceTestKind.Absent;
    }

    private bool Holds(FhirNode found, SliceTest test, FhirNode start) =>
        test.Kind switch
        {
            SliceTestKind.Exists => true,
            SliceTestKind.Type => HasType(found, test),
            SliceTestKind.Profile => Array.Exists(test.Targets, target => MeetsProfile(found, target)),
            _ when test.Wanted is { } wanted => Array.Exists(wanted, value => Values.Has(found, value)),
            _ => HasValueOfAny(found, test.Targets, ReferenceEquals(found, start)),
        };

    private static bool HasType(FhirNode found, SliceTest test)
    {
        foreach (var type in test.Types)
            if (
                found.ResourceType == type
                || found.ResourceType is null && ChoiceTypes.EndsIn(found.Name, type)
                || found.ResourceType is not null && ResourceTypes.IsAbstract(type)
            )
                return true;
        return false;
    }

    private bool MeetsProfile(FhirNode found, ElementSchema target)
    {
        // Where a reference was followed, the target is a definition as a whole.
        if (!target.Model.Path.Contains('.', StringComparison.Ordinal))
            return run.Schemas.Find(target.Structure.Url) is { } whole && run.Questions.Meets(found, whole);
        if (!Array.Exists(target.Types, type => type.Model.Profiles.Count > 0))
            return IsMetBy(found, target);
        foreach (var type in target.Types)
            if (IsOfType(found, type.Code) && MeetsOne(found, type.Model.Profiles))
                return true;
        return false;
    }

    private static bool IsOfType(FhirNode found, string type) =>
        found.ResourceType is null || found.ResourceType == type || ResourceTypes.IsAbstract(type);

    private bool MeetsOne(FhirNode found, IReadOnlyList<string> profiles)
    {
        foreach (var canonical in profiles)
            if (run.Schemas.Find(canonical) is { } schema && run.Questions.Meets(found, schema))
                return true;
        return profiles.Count == 0;
    }

    private bool HasValueOfAny(FhirNode found, ElementSchema[] targets, bool isStart)
    {
        foreach (var target in targets)
            if (HasValueOf(found, target, isStart))
                return true;
        return false;
    }

    /// <summary>
    /// Whether a node has the value by which its slice is known: a fixed value, a pattern or a required binding, at the place itself or on
    /// the elements inside it (R4, profiling.html#discriminator: "or any of its children").
    /// </summary>
    private bool HasValueOf(FhirNode found, ElementSchema target, bool isStart)
    {
        var model = target.Model;
        if (model.Fixed is { } wanted)
            return Values.IsSame(found, wanted);
        if (model.Pattern is { } pattern)
            return Values.Has(found, pattern);
        if (HasFixedInside(target))
            return HasChildrenOf(found, target);
        if (model.Binding is { Strength: "required", ValueSet: { } valueSet })
            return IsInValueSet(found, valueSet);
        return !isStart || IsMetBy(found, target);
    }

    private bool HasChildrenOf(FhirNode found, ElementSchema target)
    {
        foreach (var child in target.Inline!.Elements)
            if (SliceTestCompiler.DecidesItself(child))
            {
                if (!HasChild(found, child, isRequired: child.Min > 0))
                    return false;
            }
            else
                foreach (var slice in SliceTestCompiler.Required(child))
                    if (!HasChild(found, slice, isRequired: true))
                        return false;

        return true;
    }

    /// <summary>Whether one child has the value; where none is there, whether that is allowed.</summary>
    private bool HasChild(FhirNode found, ElementSchema child, bool isRequired)
    {
        var any = false;
        foreach (var node in found.Nodes)
            if (node.Name == child.Name || child.IsChoice && ChoiceTypes.IsChoiceName(child.Name, node.Name))
            {
                any = true;
                if (HasValueOf(node, child, false))
                    return true;
            }

        return !any && !isRequired;
    }

    private static bool HasFixedInside(ElementSchema target) =>
        target.Inline is { } inline && Array.Exists(inline.Elements, SliceTestCompiler.Decides);

    private bool IsMetBy(FhirNode node, ElementSchema element) =>
        run.Questions.Matches(node, element, TypeIn(element, null));
}
