using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>Reads ValueSets and CodeSystems.</summary>
internal static class CodeReader
{
    public static ValueSetModel ReadValueSet(FhirNode root)
    {
        var compose = root.Child("compose");
        return new ValueSetModel(
            root.Text("url") ?? "",
            root.Text("version"),
            root.Text("name") ?? "",
            compose is null ? [] : [.. compose.ChildrenNamed("include").Select(ReadConceptSet)],
            compose is null ? [] : [.. compose.ChildrenNamed("exclude").Select(ReadConceptSet)],
            compose is null && root.Child("expansion") is { } expansion ? [.. Expansion(expansion)] : []
        );
    }

    public static CodeSystemModel ReadCodeSystem(FhirNode root)
    {
        var concepts = new List<ConceptModel>();
        AddConcepts(concepts, root, null);
        AddChildren(concepts, root);
        return new CodeSystemModel(
            root.Text("url") ?? "",
            root.Text("version"),
            root.Text("name") ?? "",
            root.Text("content") ?? "not-present",
            root.IsTrue("caseSensitive"),
            concepts
        );
    }

    private static ConceptSetModel ReadConceptSet(FhirNode node) =>
        new(
            node.Text("system"),
            node.Text("version"),
            [
                .. node.ChildrenNamed("concept")
                    .Where(concept => concept.Text("code") is not null)
                    .Select(concept => new ConceptModel(concept.Text("code")!, concept.Text("display"))),
            ],
            [
                .. node.ChildrenNamed("filter")
                    .Select(filter => new ConceptFilterModel(
                        filter.Text("property") ?? "",
                        filter.Text("op") ?? "",
                        filter.Text("value") ?? ""
                    )),
            ],
            node.Texts("valueSet")
        );

    /// <summary>All codes of an expansion; an abstract entry without code only groups those below it.</summary>
    private static IEnumerable<(string System, string Code, string? Display)> Expansion(FhirNode node)
    {
        foreach (var contains in node.ChildrenNamed("contains"))
        {
            if (contains.Text("system") is { } system && contains.Text("code") is { } code)
                yield return (system, code, contains.Text("display"));
            foreach (var inner in Expansion(contains))
                yield return inner;
        }
    }

    private static void AddConcepts(List<ConceptModel> concepts, FhirNode node, string? parent)
    {
        foreach (var concept in node.ChildrenNamed("concept"))
        {
            if (concept.Text("code") is not { } code)
                continue;
            concepts.Add(new ConceptModel(code, concept.Text("display"), parent, Properties(concept)));
            AddConcepts(concepts, concept, code);
        }
    }

    /// <summary>
    /// Systems in which a code has several parents write it once and name it in property <c>child</c> of the others, or its parents in
    /// <c>parent</c> or <c>subsumedBy</c> of its own: here it stands once more for each.
    /// </summary>
    private static void AddChildren(List<ConceptModel> concepts, FhirNode root)
    {
        var more = new List<(string Code, string Parent)>();
        CollectParents(more, root);
        if (more.Count == 0)
            return;
        var first = new Dictionary<string, int>();
        for (var at = 0; at < concepts.Count; at++)
            first.TryAdd(concepts[at].Code, at);
        foreach (var (code, parent) in more.Distinct())
            if (first.TryGetValue(code, out var at))
            {
                if (concepts[at].Parent is null)
                    concepts[at] = concepts[at] with { Parent = parent };
                else if (concepts[at].Parent != parent)
                    concepts.Add(concepts[at] with { Parent = parent });
            }
    }

    private static void CollectParents(List<(string Code, string Parent)> more, FhirNode node)
    {
        foreach (var concept in node.ChildrenNamed("concept"))
        {
            foreach (var property in concept.ChildrenNamed("property"))
                if (concept.Text("code") is { } code && property.Choice("value")?.Value is { } value)
                    switch (property.Text("code"))
                    {
                        case "child":
                            more.Add((value, code));
                            break;
                        case "parent" or "subsumedBy":
                            more.Add((code, value));
                            break;
                    }
            CollectParents(more, concept);
        }
    }

    private static Dictionary<string, string>? Properties(FhirNode concept)
    {
        Dictionary<string, string>? properties = null;
        foreach (var property in concept.ChildrenNamed("property"))
            if (
                property.Text("code") is { } name and not ("child" or "parent" or "subsumedBy")
                && property.Choice("value") is { } value
                && (value.Value ?? value.Text("code")) is { } text
            )
                (properties ??= [])[name] = text;
        return properties;
    }
}
