using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>Whether a slice demands all that the element demands which it is a slice of; then an occurrence is walked once, not twice.</summary>
internal static class Coverage
{
    public static bool Covers(ElementSchema slice, ElementSchema element)
    {
        var (narrow, wide) = (slice.Model, element.Model);
        return slice.Max <= element.Max
            && IsSame(narrow.Fixed, wide.Fixed)
            && IsSame(narrow.Pattern, wide.Pattern)
            && IsSame(narrow.MinValue, wide.MinValue)
            && IsSame(narrow.MaxValue, wide.MaxValue)
            && (wide.MaxLength is null || narrow.MaxLength <= wide.MaxLength)
            && Covers(narrow.Binding, wide.Binding)
            && wide.Constraints.All(rule =>
                narrow.Constraints.Any(own => own.Key == rule.Key && own.Expression == rule.Expression)
            )
            && slice.Types.All(type => element.Types.Any(allowed => Covers(type, allowed)))
            && CoversChildren(slice, element);
    }

    /// <summary>A required binding of the slice decides where the element's own only recommends (as HL7's validator has it).</summary>
    private static bool Covers(BindingModel? narrow, BindingModel? wide) =>
        wide is null
        || wide == narrow
        || narrow is { Strength: "required" } && wide is { Strength: not "required", MaxValueSet: null };

    private static bool Covers(TypeSchema type, TypeSchema allowed) =>
        type.Code == allowed.Code
        && (allowed.Model.Profiles.Count == 0 || allowed.Model.Profiles.SequenceEqual(type.Model.Profiles))
        && (
            allowed.Model.TargetProfiles.Count == 0
            || type.Model.TargetProfiles.All(allowed.Model.TargetProfiles.Contains)
        );

    private static bool CoversChildren(ElementSchema slice, ElementSchema element)
    {
        if (element.Inline is null || element.Slices is not null && ReferenceEquals(slice, element))
            return true;
        if (slice.Inline is null)
            return false;
        foreach (var child in element.Inline.Elements)
            if (
                slice.Inline.Find(child.Name) is not { } own
                || own.Min < child.Min
                || !Covers(own, child)
                || child.Slices is not null && own.Slices is null
            )
                return false;
        return true;
    }

    private static bool IsSame(FhirNode? own, FhirNode? wide) =>
        wide is null || own is not null && Values.IsSame(own, wide);
}
