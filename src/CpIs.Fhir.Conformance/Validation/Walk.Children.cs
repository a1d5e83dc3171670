using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>The children of a node: which are there, how often, in which form.</summary>
internal sealed partial class Walk
{
    private const int MostOnStack = 64;

    private void Children(FhirNode node, ChildTable table)
    {
        if (sink.IsDone)
            return;
        var elements = table.Elements;
        var counts = elements.Length <= MostOnStack ? stackalloc int[elements.Length] : new int[elements.Length];
        var nodes = node.Nodes;
        var last = -1;
        for (var at = 0; at < nodes.Length; )
        {
            var name = nodes[at].Name;
            var end = at + 1;
            while (end < nodes.Length && (ReferenceEquals(nodes[end].Name, name) || nodes[end].Name == name))
                end++;
            var group = new ArraySegment<FhirNode>(nodes, at, end - at);
            at = end;
            if (table.TryFind(name, out var child))
            {
                var earlier = counts[child.At];
                counts[child.At] += group.Count;
                if (run.Source.IsXml && !IsAttribute(group[0]))
                {
                    Place(group, elements[child.At], earlier, isInOrder: child.At >= last);
                    last = child.At;
                }

                Group(group, elements[child.At], child.Type, earlier);
            }
            else
                Unknown(group, table);
        }

        for (var at = 0; at < elements.Length; at++)
            if (counts[at] < elements[at].Min && !(elements[at].IsChoice && HasOtherType(node, elements[at])))
                ReportMissing(node, elements[at], counts[at]);
            else if (counts[at] == 0 && elements[at].Slices is { } slices && elements[at].Min == 0)
                MissingSlices(node, elements[at], slices);
    }

    /// <summary>The repetitions of one element.</summary>
    private void Group(ArraySegment<FhirNode> group, ElementSchema element, TypeSchema? type, int earlier)
    {
        if (!IsList(group, element))
            return;
        if (element.IsProhibited)
        {
            ReportProhibited(group[0], element);
            return;
        }

        if (earlier + group.Count > element.Max)
            ReportTooMany(
                group[Math.Max(0, Math.Min(group.Count - 1, element.Max - earlier))],
                element,
                earlier + group.Count
            );
        if (element.Slices is { } slices)
            Slices(group, element, type, slices);
        else
            foreach (var node in group)
                Element(node, element, type);
    }

    /// <summary>JSON writes a list where the base type lets an element repeat, and nowhere else.</summary>
    private bool IsList(ArraySegment<FhirNode> group, ElementSchema element)
    {
        var first = group[0];
        if (first.Index == FhirNode.EmptyArray)
        {
            ReportEmptyList(first, element);
            return false;
        }

        if (run.Source.IsXml || first.Index >= 0 == element.Model.IsArray)
            return true;
        ReportList(first, element);
        return false;
    }

    /// <summary>An attribute (id, url) stands in the tag, so it has no order among the elements, and it is there once.</summary>
    private static bool IsAttribute(FhirNode node) =>
        node is { Index: -1, Form: FhirValueForm.Attribute, Name: "id" or "url" };

    /// <summary>In XML places are counted here, where it is known what repeats; and elements come in the order of their definition.</summary>
    private void Place(ArraySegment<FhirNode> group, ElementSchema element, int earlier, bool isInOrder)
    {
        for (var at = 0; at < group.Count; at++)
            group[at].Index = element.Model.IsArray ? earlier + at : -1;
        if (!isInOrder)
            ReportOrder(group[0], element);
    }

    private void Unknown(ArraySegment<FhirNode> group, ChildTable table)
    {
        if (group[0].Parent?.ResourceType is not null && ResourceTypes.IsAbstract(table.Elements[0].Structure.Type))
            return; // its own type knows it, or tells that it does not
        if (run.Source.IsXml)
            for (var at = 0; at < group.Count; at++)
                group[at].Index = group.Count > 1 ? at : -1;
        if (table.FindChoice(group[0].Name) is { } choice)
            ReportChoiceType(group[0], choice);
        else
            ReportUnknownElement(group[0], table);
    }

    /// <summary>True when a choice is there with a type that is not allowed: that has been told, and nothing is missing besides.</summary>
    private static bool HasOtherType(FhirNode node, ElementSchema choice) =>
        Array.Exists(node.Nodes, child => ChoiceTypes.IsChoiceName(choice.Name, child.Name));
}
