using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Tests.Matrix;

/// <summary>A good resource with the profile it claims, and where each element of the profile stands in it.</summary>
internal sealed class GoodInstance
{
    private readonly string _json;
    private readonly Dictionary<string, List<FhirNode>> _places = [];

    public GoodInstance(string file)
    {
        Name = Path.GetFileNameWithoutExtension(file);
        _json = File.ReadAllText(file);
        var source = FhirSource.ReadJson(File.ReadAllBytes(file));
        Root = source.Root!;
        Profile =
            Root.Child("meta")
                ?.ChildrenNamed("profile")
                .Select(claim => TheValidator.Definitions.FindStructure(claim.Value!))
                .FirstOrDefault(model =>
                    model?.Url.StartsWith("https://fhir.cpis.example/", StringComparison.Ordinal) == true
                )
            ?? throw new InvalidDataException($"{Name} claims no profile of ours.");
        TheValidator.Instance.Validate(source).Errors().Should().BeEmpty(Name);
        Collect(Root);
    }

    public string Name { get; }

    public FhirNode Root { get; }

    public StructureModel Profile { get; }

    /// <summary>A copy to be changed.</summary>
    public JsonObject Copy() => JsonNode.Parse(_json)!.AsObject();

    /// <summary>The nodes that the profile's element was applied to.</summary>
    public IReadOnlyList<FhirNode> Find(string elementId) =>
        elementId == Profile.Elements[0].Id ? [Root] : _places.GetValueOrDefault(elementId) ?? [];

    /// <summary>The JSON of a node, in a copy.</summary>
    public static JsonNode Locate(JsonObject copy, FhirNode node)
    {
        if (node.Parent is not { } parent)
            return copy;
        var value = Within(copy, parent)[node.Name]!;
        return node.Index < 0 ? value : value[node.Index]!;
    }

    /// <summary>Where the children of a node are written, in a copy: beside it (<c>_name</c>) when it is a primitive.</summary>
    public static JsonObject Within(JsonObject copy, FhirNode node)
    {
        if (node.IsObject || node.Parent is null)
            return (JsonObject)Locate(copy, node);
        var outer = Within(copy, node.Parent);
        var beside = "_" + node.Name;
        if (node.Index < 0)
            return (JsonObject)(outer[beside] ??= new JsonObject());
        var list = (JsonArray)(outer[beside] ??= new JsonArray());
        while (list.Count <= node.Index)
            list.Add(null);
        return (JsonObject)(list[node.Index] ??= new JsonObject());
    }

    private void Collect(FhirNode node)
    {
        foreach (var child in node.Children)
        {
            // Elements inside an entry's resource belong to that resource's own profile.
            if (child.ElementId is { } id && id.StartsWith(Profile.Elements[0].Id + ".", StringComparison.Ordinal))
            {
                if (!_places.TryGetValue(id, out var nodes))
                    _places[id] = nodes = [];
                nodes.Add(child);
            }

            if (child.ResourceType is null)
                Collect(child);
        }
    }

    public override string ToString() => Name;
}
