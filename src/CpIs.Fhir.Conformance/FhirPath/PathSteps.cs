using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>Steps from an element to those inside it, and what an element is.</summary>
internal static class PathSteps
{
    /// <summary>Children by the name of the definition: <c>value</c> finds <c>valueString</c>.</summary>
    public static void Children(PathFrame frame, in PathItem item, string name, PathItems into)
    {
        if (item.Node is not { } node)
            return;
        for (var at = 0; at < node.Nodes.Length; )
        {
            var child = node.Nodes[at];
            var found =
                child.Name == name
                || ChoiceTypes.IsChoiceName(name, child.Name) && ChoiceTypes.Contains(child.Name[name.Length..]);
            if (found)
                into.Add(PathItem.Of(child, frame));
            at = found ? at + 1 : node.After(at);
        }
    }

    public static void All(PathFrame frame, FhirNode node, PathItems into, bool deep)
    {
        foreach (var child in node.Nodes)
        {
            into.Add(PathItem.Of(child, frame));
            if (deep)
                All(frame, child, into, deep);
        }
    }

    /// <summary>Whether an item has a type; null when that is not known here.</summary>
    public static bool? Is(in PathItem item, string type)
    {
        if (type.Contains('.', StringComparison.Ordinal))
            return null;
        if (item.Node is not { } node)
            return null;
        if (node.ResourceType is { } own)
            return ResourceTypes.IsAbstract(type) ? null : own == type;
        if (node.Type is { } told)
            return told == type ? true
                : IsNear(told, type) ? null
                : false;
        return ResourceTypes.ContainsOrIsAbstract(type) ? false : null;
    }

    /// <summary>Types of which one may derive from the other: the SDK's engine knows.</summary>
    private static bool IsNear(string told, string type) =>
        type
            is "Element"
                or "BackboneElement"
                or "string"
                or "uri"
                or "integer"
                or "Quantity"
                or "String"
                or "Boolean"
                or "Integer"
        || char.IsUpper(told[0]) != char.IsUpper(type[0]);
}
