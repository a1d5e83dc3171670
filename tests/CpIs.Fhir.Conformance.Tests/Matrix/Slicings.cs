using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Matrix;

/// <summary>The slicings of a profile: which elements a slice is known by, and where it is told when one of them is wrong.</summary>
internal sealed class Slicings(StructureModel profile)
{
    /// <summary>Whether slices of the element are defined.</summary>
    public bool IsSliced(ElementModel element) =>
        profile.Elements.Any(other =>
            other.SliceName is not null && other.Path == element.Path && element.SliceName is null
        );

    /// <summary>A slice is found by some of its elements; when one of those is wrong the element belongs to no slice, and that is told.</summary>
    public string[] RulesAbove(ElementModel element) =>
        SlicingsAbove(element).Any()
            ? [RuleIds.SliceClosed, RuleIds.SliceMin, RuleIds.SliceMax, RuleIds.Prohibited]
            : [];

    private IEnumerable<ElementModel> SlicingsAbove(ElementModel element)
    {
        for (var id = element.Id; id.LastIndexOf('.') is > 0 and var dot; id = id[..dot])
        {
            var colon = id.IndexOf(':', dot);
            if (colon < 0)
                continue;
            var sliced = profile.Elements.FirstOrDefault(other => other.Id == id[..colon]);
            if (sliced?.Slicing is { } slicing && slicing.Discriminators.Any(d => Decides(d.Path, id, element.Id)))
                yield return sliced;
        }
    }

    private static bool Decides(string path, string sliceId, string elementId)
    {
        var rest = elementId.Length == sliceId.Length ? "" : elementId[(sliceId.Length + 1)..];
        return path == "$this"
            || rest.Length == 0
            || rest == path
            || rest.StartsWith(path + ".", StringComparison.Ordinal)
            || path.StartsWith(rest + ".", StringComparison.Ordinal);
    }

    /// <summary>Without what an open slice is known by an element belongs to no slice, and need not.</summary>
    public bool IsOpenAbove(ElementModel element) =>
        SlicingsAbove(element).Any(sliced => sliced.Slicing!.Rules == "open")
        && !profile.Elements.Any(other =>
            other.Path == element.Path && other.Min > 0 && !other.Id.Contains(':', StringComparison.Ordinal)
        );

    public string[] Places(ElementModel element, FhirNode node) => [node.Path, .. PlacesAbove(element, node)];

    /// <summary>Where a slicing above is told to be broken: at its members and at its list.</summary>
    public List<string> PlacesAbove(ElementModel element, FhirNode from)
    {
        var places = new List<string>();
        var names = SlicingsAbove(element)
            .Select(sliced => sliced.Path[(sliced.Path.LastIndexOf('.') + 1)..])
            .ToHashSet();
        for (var at = from; at?.Parent is { } parent; at = parent)
            if (names.Contains(at.Name))
                places.AddRange([at.Path, $"{parent.Path}.{at.Name}"]);
        if (names.Count > 0)
            places.AddRange(names.Select(name => $"{from.Path}.{name}"));
        return places;
    }
}
