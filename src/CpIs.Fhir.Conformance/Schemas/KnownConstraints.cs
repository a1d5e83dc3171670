using System.Collections.Frozen;
using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>A rule in code of our own: whether it holds.</summary>
internal delegate bool KnownConstraint(FhirNode node);

/// <summary>
/// The rules of FHIR whose expression costs too much: only where a measurement says so. They are found by their expression, so that a
/// definition that words one in another way is evaluated as it says. A test compares each with its expression.
/// </summary>
internal static class KnownConstraints
{
    private const string References =
        "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()";

    private static readonly FrozenDictionary<string, KnownConstraint> All = new Dictionary<string, KnownConstraint>
    {
        // On every element: without it a Flag costs 17 % more memory and 19 % more time.
        ["hasValue() or (children().count() > id.count())"] = node =>
            node.Value is not null || node.Nodes.Any(child => child.Name != "id"),
        // Narratives are read where their value is (txt-1, txt-2), which can say what is wrong.
        ["htmlChecks()"] = _ => true,
        // Quadratic in the number of contained resources.
        [References] = EachContainedIsUsed,
        [
            "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
        ] = IsContained,
    }.ToFrozenDictionary();

    public static KnownConstraint? Find(string? expression) =>
        expression is null ? null : All.GetValueOrDefault(expression);

    /// <summary>The expressions that have code of their own.</summary>
    public static IEnumerable<string> Expressions => All.Keys;

    /// <summary>
    /// A reference to a contained resource leads to one. The ids are gathered once for a container: each reference would go through
    /// all of them otherwise. (<c>#</c> alone, the container, comes to nothing in the expression, which is not a breach.)
    /// </summary>
    private static bool IsContained(FhirNode node)
    {
        if (node.Text("reference") is not ['#', .. var id] || id.Length == 0)
            return true;
        var (_, container) = Targets.ResourcesOf(node);
        container.ContainedIds ??= [.. Contained(container).Select(inner => inner.Text("id")).OfType<string>()];
        return container.ContainedIds.Contains(id);
    }

    /// <summary>Each contained resource is referred to from somewhere in its container, or refers to its container.</summary>
    private static bool EachContainedIsUsed(FhirNode node)
    {
        if (node.Child("contained") is null)
            return true;
        var used = new HashSet<string>();
        Collect(node, used);
        return Contained(node)
            .All(inner =>
            {
                if (inner.Text("id") is { } id && used.Contains($"#{id}"))
                    return true;
                var own = new HashSet<string>();
                Collect(inner, own);
                return own.Contains("#");
            });
    }

    private static void Collect(FhirNode node, HashSet<string> references)
    {
        foreach (var child in node.Nodes)
        {
            if (
                child.Value is { } value
                && value.StartsWith('#')
                && (child.Name == "reference" || child.Type is "uri" or "url" or "canonical" or null)
            )
                references.Add(value);
            Collect(child, references);
        }
    }

    private static IEnumerable<FhirNode> Contained(FhirNode node) => node.ChildrenNamed("contained");
}
