using System.Collections.Frozen;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>A rule in code of our own: whether it holds; null when only its expression can tell.</summary>
internal delegate bool? KnownConstraint(FhirNode node);

/// <summary>
/// The rules of FHIR that stand on nearly every element, without an evaluator between: they cost most of a validation otherwise, and
/// some expressions take quadratic time. They are found by their expression, so that a definition that words one anew is evaluated as it
/// says. A test compares each with its expression.
/// </summary>
internal static class KnownConstraints
{
    private const string References =
        "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()";

    private static readonly FrozenDictionary<string, KnownConstraint> All = new Dictionary<string, KnownConstraint>
    {
        ["hasValue() or (children().count() > id.count())"] = node =>
            node.Value is not null || node.Nodes.Any(child => child.Name != "id"),
        ["extension.exists() != value.exists()"] = ExtensionOrValue,
        ["contained.contained.empty()"] = node => Contained(node).All(inner => inner.Child("contained") is null),
        // Narratives are read where their value is (txt-1, txt-2), which can say what is wrong.
        ["htmlChecks()"] = _ => true,
        [References] = EachContainedIsUsed,
        ["contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()"] = node =>
            Contained(node)
                .All(inner =>
                    inner.Child("meta") is not { } meta
                    || meta.Child("versionId") is null && meta.Child("lastUpdated") is null
                ),
        ["contained.meta.security.empty()"] = node =>
            Contained(node).All(inner => inner.Child("meta")?.Child("security") is null),
        ["start.hasValue().not() or end.hasValue().not() or (start <= end)"] = PeriodOrder,
        [
            "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
        ] = IsContained,
        ["value.empty() or system.exists()"] = node => !HasChild(node, "value") || node.Child("system") is not null,
        [
            "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))"
        ] = node => EachEntryHas(node, "request", "batch", "transaction", "history"),
        [
            "entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or %resource.type = 'history'))"
        ] = node => EachEntryHas(node, "response", "batch-response", "transaction-response", "history"),
        ["(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()"] =
            EachFullUrlOnce,
        ["code.empty() or system.exists()"] = node => node.Child("code") is null || node.Child("system") is not null,
    }.ToFrozenDictionary();

    public static KnownConstraint? Find(string? expression) =>
        expression is null ? null : All.GetValueOrDefault(expression);

    /// <summary>The expressions that have code of their own.</summary>
    public static IEnumerable<string> Expressions => All.Keys;

    private static bool? ExtensionOrValue(FhirNode node)
    {
        bool extension = false,
            value = false;
        foreach (var child in node.Nodes)
            if (child.Name == "extension")
                extension = true;
            else if (child.Name.StartsWith("value", StringComparison.Ordinal))
                value = true;
        return extension != value;
    }

    /// <summary>Two dates that name the same parts compare as text; for all else precision and time zones count.</summary>
    private static bool? PeriodOrder(FhirNode node)
    {
        var (start, end) = (node.Text("start"), node.Text("end"));
        if (start is null || end is null)
            return true;
        return start.Length == end.Length && start.Length <= 10 ? string.CompareOrdinal(start, end) <= 0 : null;
    }

    /// <summary>A Bundle's type says whether its entries have the child. (A type that is missing is told elsewhere.)</summary>
    private static bool? EachEntryHas(FhirNode bundle, string child, params ReadOnlySpan<string> types)
    {
        var type = bundle.Text("type");
        if (type is null)
            return null;
        var wanted = types.Contains(type);
        return bundle.ChildrenNamed("entry").All(entry => entry.Child(child) is not null == wanted);
    }

    private static bool? EachFullUrlOnce(FhirNode bundle)
    {
        if (bundle.Text("type") == "history")
            return true;
        var seen = new HashSet<(string, string?)>();
        foreach (var entry in bundle.ChildrenNamed("entry"))
            if (
                entry.Text("fullUrl") is { } url
                && !seen.Add((url, entry.Child("resource")?.Child("meta")?.Text("versionId")))
            )
                return false;
        return true;
    }

    private static bool HasChild(FhirNode node, string element) =>
        Array.Exists(node.Nodes, child => child.Name == element || ChoiceTypes.IsChoiceName(element, child.Name));

    /// <summary>
    /// A reference to a contained resource leads to one. The ids are gathered once for a container: each reference would go through
    /// all of them otherwise. (<c>#</c> alone, the container, comes to nothing in the expression, which is no breach.)
    /// </summary>
    private static bool? IsContained(FhirNode node)
    {
        if (node.Text("reference") is not ['#', .. var id] || id.Length == 0)
            return true;
        var (_, container) = Targets.ResourcesOf(node);
        container.ContainedIds ??= [.. Contained(container).Select(inner => inner.Text("id")).OfType<string>()];
        return container.ContainedIds.Contains(id);
    }

    /// <summary>Each contained resource is referred to from somewhere in its container, or refers to its container.</summary>
    private static bool? EachContainedIsUsed(FhirNode node)
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
