using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Matrix;

/// <summary>
/// Every breach that the definition of a profile lets one think of, made from the definition itself: for each element that the good
/// resource has a place for, each kind of rule that the element has is broken once.
/// </summary>
internal sealed class MutationMatrix(GoodInstance good)
{
    private readonly Slicings _slicings = new(good.Profile);

    public IEnumerable<Mutation> All()
    {
        foreach (var element in good.Profile.Elements.Skip(1))
        foreach (var mutation in Of(element))
            yield return mutation;
    }

    private IEnumerable<Mutation> Of(ElementModel element)
    {
        var parentId = element.Id[..element.Id.LastIndexOf('.')];
        if (good.Find(parentId) is not [var parent, ..] || IsInsidePrimitive(parentId, element))
            return [];
        var nodes = parent.Children.Where(node => IsOf(node, element)).ToList();
        return [.. element.Max == 0 ? Prohibited(element, parent) : Allowed(element, parent, nodes)];
    }

    /// <summary>A sliced element's rules hold for its slices too.</summary>
    private static bool IsOf(FhirNode node, ElementModel element) =>
        node.ElementId == element.Id
        || element.SliceName is null
            && node.ElementId?.StartsWith(element.Id + ":", StringComparison.Ordinal) == true
            && !node.ElementId[element.Id.Length..].Contains('.', StringComparison.Ordinal);

    private IEnumerable<Mutation> Allowed(ElementModel element, FhirNode parent, List<FhirNode> nodes)
    {
        if (nodes.Count == 0)
            yield break;
        if (element.Min > 0 && !_slicings.IsOpenAbove(element))
            yield return Missing(element, parent, nodes);
        if (element is { Max: { } most, IsArray: true } && !_slicings.IsSliced(element))
            yield return TooMany(element, parent, nodes, most);
        var node = nodes[0];
        var type = TypeOf(element, node);
        yield return WrongType(element, node);
        if (element.SliceName is null)
            yield return WrongList(element, parent, node);
        if (node.Value is not null && type is not null && Samples.Malformed(type) is { } malformed && type != "xhtml")
            yield return Replace(
                "malformed",
                element,
                node,
                malformed,
                [RuleIds.Format, .. _slicings.RulesAbove(element)],
                _slicings.Places(element, node)
            );
        if (element.Fixed is { } wanted && node.Value is not null)
            yield return Replace(
                "not the fixed value of",
                element,
                node,
                Other(wanted),
                [RuleIds.Fixed, .. _slicings.RulesAbove(element)],
                _slicings.Places(element, node)
            );
        if (element.Pattern is not null)
            yield return Replace(
                "without the pattern of",
                element,
                node,
                OtherPattern(node),
                [RuleIds.Pattern, .. _slicings.RulesAbove(element)],
                _slicings.Places(element, node)
            );
        if (element is { Fixed: null, Pattern: null, Binding: { Strength: "required", ValueSet: not null } })
            foreach (var mutation in WrongCode(element, node))
                yield return mutation;
        if (type == "Reference" && element.Types[0].TargetProfiles.Count > 0 && node.Text("reference") is not null)
            yield return WrongTarget(element, node);
        if (type == "Extension" && element.SliceName is null)
            yield return UnknownExtension(element, parent, node);
        if (element.Slicing?.Rules == "closed")
            yield return Outside(element, parent, node);
        if (node.IsObject && node.ResourceType is null)
            yield return UnknownElement(element, node);
    }

    private IEnumerable<Mutation> Prohibited(ElementModel element, FhirNode parent)
    {
        var name = element.Path[(element.Path.LastIndexOf('.') + 1)..];
        if (element.SliceName is not null)
            yield break; // the slice's sender has no way to say it
        if (name == "value" && parent.Value is not null)
            yield break;
        var type = element.Types.Count > 0 ? element.Types[0] : null;
        if (name.EndsWith("[x]", StringComparison.Ordinal))
            name = name[..^3] + char.ToUpperInvariant(type!.Code[0]) + type.Code[1..];
        var copy = good.Copy();
        var within = GoodInstance.Within(copy, parent);
        var value = Samples.Of(type);
        within[name] = element.IsArray ? new JsonArray(value) : value;
        yield return new Mutation(
            good,
            "prohibited",
            element.Id,
            copy,
            [RuleIds.Prohibited],
            [element.IsArray ? $"{parent.Path}.{name}[0]" : $"{parent.Path}.{name}"]
        );
    }

    private Mutation Missing(ElementModel element, FhirNode parent, List<FhirNode> nodes)
    {
        var copy = good.Copy();
        var within = GoodInstance.Within(copy, parent);
        within.Remove("_" + nodes[0].Name);
        if (nodes[0].Index < 0)
            within.Remove(nodes[0].Name);
        else
            Remove(within, nodes);
        var name = nodes[0].ElementName ?? nodes[0].Name;
        return new Mutation(
            good,
            "missing",
            element.Id,
            copy,
            [RuleIds.Min, RuleIds.SliceMin, .. _slicings.RulesAbove(element)],
            [$"{parent.Path}.{name}", .. _slicings.PlacesAbove(element, parent)]
        );
    }

    private static void Remove(JsonObject within, List<FhirNode> nodes)
    {
        var array = within[nodes[0].Name]!.AsArray();
        foreach (var node in nodes.OrderByDescending(each => each.Index))
            array.RemoveAt(node.Index);
        if (array.Count == 0)
            within.Remove(nodes[0].Name);
    }

    private Mutation TooMany(ElementModel element, FhirNode parent, List<FhirNode> nodes, int most)
    {
        var copy = good.Copy();
        var array = (JsonArray)(GoodInstance.Within(copy, parent))[nodes[0].Name]!;
        var one = array[nodes[0].Index]!;
        for (var count = nodes.Count; count <= most; count++)
            array.Add(one.DeepClone());
        return new Mutation(
            good,
            "too many",
            element.Id,
            copy,
            [RuleIds.Max, RuleIds.SliceMax],
            [.. Enumerable.Range(0, array.Count).Select(at => $"{parent.Path}.{nodes[0].Name}[{at}]")]
        );
    }

    private Mutation WrongType(ElementModel element, FhirNode node)
    {
        JsonNode value = node.IsObject ? JsonValue.Create("text") : new JsonObject { ["wrong"] = "type" };
        return Replace(
            "wrong type of",
            element,
            node,
            value,
            [RuleIds.Type, .. _slicings.RulesAbove(element)],
            _slicings.Places(element, node)
        );
    }

    private Mutation WrongList(ElementModel element, FhirNode parent, FhirNode node)
    {
        var copy = good.Copy();
        var within = GoodInstance.Within(copy, parent);
        var value = within[node.Name]!;
        within.Remove(node.Name);
        within[node.Name] = element.IsArray ? value[0]!.DeepClone() : new JsonArray(value.DeepClone());
        return new Mutation(
            good,
            "list or not of",
            element.Id,
            copy,
            [RuleIds.List],
            [element.IsArray ? $"{parent.Path}.{node.Name}" : $"{parent.Path}.{node.Name}[0]"]
        );
    }

    private IEnumerable<Mutation> WrongCode(ElementModel element, FhirNode node)
    {
        string[] rules = [RuleIds.Binding, .. _slicings.RulesAbove(element)];
        if (node.Value is not null)
        {
            yield return Replace(
                "wrong code of",
                element,
                node,
                "no-such-code",
                rules,
                _slicings.Places(element, node)
            );
            yield break;
        }

        var coding = node.Child("coding") ?? node;
        if (coding.Child("code") is not { } code)
            yield break;
        var copy = good.Copy();
        ((JsonObject)GoodInstance.Locate(copy, coding))[code.Name] = "no-such-code";
        yield return new Mutation(
            good,
            "wrong code of",
            element.Id,
            copy,
            rules,
            [coding.Path, .. _slicings.Places(element, node)]
        );
        var other = good.Copy();
        ((JsonObject)GoodInstance.Locate(other, coding))["system"] = "https://example.org/other";
        yield return new Mutation(
            good,
            "wrong system of",
            element.Id,
            other,
            [.. rules, RuleIds.Fixed],
            [coding.Path, $"{coding.Path}.system", .. _slicings.Places(element, node)]
        );
    }

    private Mutation WrongTarget(ElementModel element, FhirNode node)
    {
        var copy = good.Copy();
        ((JsonObject)GoodInstance.Locate(copy, node))["reference"] = "Device/1";
        return new Mutation(
            good,
            "wrong target of",
            element.Id,
            copy,
            [RuleIds.ReferenceType, .. _slicings.RulesAbove(element)],
            _slicings.Places(element, node)
        );
    }

    private Mutation UnknownExtension(ElementModel element, FhirNode parent, FhirNode node)
    {
        var copy = good.Copy();
        ((JsonArray)(GoodInstance.Within(copy, parent))[node.Name]!).Add(
            Samples.Of(new TypeModel("Extension", [], []))
        );
        return new Mutation(
            good,
            "unknown extension in",
            element.Id,
            copy,
            [RuleIds.SliceClosed, RuleIds.Max, RuleIds.ExtensionUnknown, RuleIds.ModifierExtension],
            [.. Enumerable.Range(0, 9).Select(at => $"{parent.Path}.{node.Name}[{at}]")]
        );
    }

    private Mutation Outside(ElementModel element, FhirNode parent, FhirNode node)
    {
        var copy = good.Copy();
        var array = (JsonArray)(GoodInstance.Within(copy, parent))[node.Name]!;
        array.Add(Samples.Of(element.Types.Count > 0 ? element.Types[0] : null));
        return new Mutation(
            good,
            "outside the slices of",
            element.Id,
            copy,
            [RuleIds.SliceClosed, RuleIds.Max],
            [.. Enumerable.Range(0, array.Count).Select(at => $"{parent.Path}.{node.Name}[{at}]")]
        );
    }

    private Mutation UnknownElement(ElementModel element, FhirNode node)
    {
        var copy = good.Copy();
        ((JsonObject)GoodInstance.Locate(copy, node))["noSuchElement"] = "x";
        return new Mutation(
            good,
            "unknown element in",
            element.Id,
            copy,
            [RuleIds.UnknownElement],
            [$"{node.Path}.noSuchElement"]
        );
    }

    private Mutation Replace(
        string breach,
        ElementModel element,
        FhirNode node,
        JsonNode value,
        string[] rules,
        string[] places
    )
    {
        var copy = good.Copy();
        var old = GoodInstance.Locate(copy, node);
        old.ReplaceWith(value);
        return new Mutation(good, breach, element.Id, copy, rules, places);
    }

    private static bool IsInsidePrimitive(string parentId, ElementModel element) =>
        element.Path.EndsWith(".value", StringComparison.Ordinal)
        && parentId.EndsWith(".value", StringComparison.Ordinal);

    private static string? TypeOf(ElementModel element, FhirNode node) =>
        element.Types.Count == 1 ? element.Types[0].Code : node.Type;

    private static JsonNode Other(FhirNode wanted) =>
        wanted.Form switch
        {
            FhirValueForm.Boolean => JsonValue.Create(wanted.Value != "true"),
            FhirValueForm.Number => JsonValue.Create(99),
            _ => wanted.Value!.Contains(':', StringComparison.Ordinal) ? "https://example.org/other" : "other",
        };

    private static JsonNode OtherPattern(FhirNode node) =>
        node.Value is not null ? "other"
        : node.Type == "Coding" ? new JsonObject { ["system"] = "https://example.org/other", ["code"] = "other" }
        : new JsonObject
        {
            ["coding"] = new JsonArray(new JsonObject { ["system"] = "https://example.org/other", ["code"] = "other" }),
        };
}
