namespace CpIs.Fhir.Conformance.Sources;

/// <summary>
/// Puts what JSON writes next to a primitive (<c>_name</c>: its id and extensions) into the primitive's node. In an array each place
/// of <c>_name</c> belongs to the same place of <c>name</c>, and <c>null</c> is where one of both has nothing. Linear in the number of children.
/// </summary>
internal static class Beside
{
    public static FhirNode[] Merge(FhirNode parent, FhirNode[] children, List<FhirNode> beside)
    {
        var groups = new Dictionary<string, List<FhirNode>>();
        var order = new List<List<FhirNode>>();
        foreach (var child in children)
            Group(child.Name).Add(child);
        foreach (var node in beside)
            Put(parent, Group(node.Name[1..]), node);
        return [.. order.SelectMany(group => group)];

        List<FhirNode> Group(string name)
        {
            if (!groups.TryGetValue(name, out var group))
                order.Add(groups[name] = group = []);
            return group;
        }
    }

    private static void Put(FhirNode parent, List<FhirNode> group, FhirNode node)
    {
        // Members of an array are in the group in their order, from 0; what is not in an array is alone.
        var at = Math.Max(0, node.Index);
        if (at >= group.Count)
        {
            group.Add(new FhirNode(node.Name[1..], parent, node.Index, node.Position));
            at = group.Count - 1;
        }

        var target = group[at];
        if (target.Index != node.Index)
            target.IsMisplaced = true; // one is an array and the other is not
        else
            Take(target, node);
        if (target is { Form: FhirValueForm.Null, Nodes.Length: > 0, Index: >= 0 })
            target.Form = FhirValueForm.None; // the null only kept the place
    }

    private static void Take(FhirNode target, FhirNode source)
    {
        if (source.Form == FhirValueForm.Null)
        {
            target.Form = target.Form == FhirValueForm.None ? FhirValueForm.Null : target.Form;
            return;
        }

        if (!source.IsObject || target.IsObject)
        {
            target.IsMisplaced = true;
            return;
        }

        target.Nodes = source.Nodes;
        target.HasBeside = true;
        foreach (var child in source.Nodes)
            child.Parent = target;
    }
}
