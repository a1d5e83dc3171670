using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.References;

/// <summary>
/// Finds what references within one text lead to: contained resources, entries of the Bundle (R4, bundle.html#references). Entries
/// are indexed once, so that each reference costs one look.
/// </summary>
internal sealed class Targets(FhirNode root)
{
    private const string History = "/_history/";

    private readonly Dictionary<FhirNode, Dictionary<string, FhirNode>> _entries = [];
    private readonly Dictionary<FhirNode, Dictionary<string, FhirNode>> _contained = [];
    private readonly Dictionary<FhirNode, string?> _bases = [];

    /// <summary>True when the text is a Bundle.</summary>
    public bool IsBundle => root.ResourceType == "Bundle";

    /// <summary>The resource that a reference leads to; null when it is not here.</summary>
    public FhirNode? Resolve(FhirNode from, string literal)
    {
        var (resource, container) = ResourcesOf(from);
        if (literal.StartsWith('#'))
            return literal.Length == 1 ? container : Contained(container).GetValueOrDefault(literal[1..]);
        if (BundleOf(container) is not { } bundle)
            return null;
        var version = VersionOf(literal);
        var plain = WithoutVersion(literal);
        var found = Find(bundle, container, plain, version);
        // An entry that is of another version, or says none, is taken only where it says none.
        return found is not null || version.Length == 0 ? found
            : Find(bundle, container, plain, "") is { } any && any.Child("meta")?.Child("versionId") is null ? any
            : null;
    }

    private FhirNode? Find(FhirNode bundle, FhirNode container, string plain, string version)
    {
        var entries = Entries(bundle);
        if (entries.TryGetValue(plain + version, out var found))
            return found;
        if (IsAbsolute(plain) || TypeIn(plain) is null)
            return null;
        // A relative reference continues the base of its own entry's fullUrl.
        var place = BaseAt(container);
        return place is not null && entries.TryGetValue(place + plain + version, out found) ? found
            : place is null && entries.TryGetValue("\n" + plain + version, out found) ? found
            : null;
    }

    /// <summary>What a discriminator's path leads to.</summary>
    public IEnumerable<FhirNode> Follow(FhirNode start, PathStep[] path)
    {
        IEnumerable<FhirNode> at = [start];
        foreach (var step in path)
            at = Step(at, step);
        return at;
    }

    /// <summary>An empty resource of a type, for a reference to one that is not here.</summary>
    public static FhirNode Stub(string type, FhirNode from) =>
        new("resolve()", null, -1, from.Position) { ResourceType = type, IsObject = true };

    /// <summary>The type in a literal reference such as <c>https://example.org/fhir/Patient/1/_history/2</c>; null when it has none.</summary>
    public static string? TypeIn(string literal)
    {
        var plain = WithoutVersion(literal);
        var slash = plain.LastIndexOf('/');
        if (
            slash <= 0
            || literal.StartsWith("urn:", StringComparison.Ordinal)
            || plain.Contains('?', StringComparison.Ordinal)
        )
            return null;
        var before = plain.LastIndexOf('/', slash - 1);
        var type = plain[(before + 1)..slash];
        return ResourceTypes.Contains(type) ? type : null;
    }

    /// <summary>The resource that a node is in, and the one that contains that.</summary>
    public static (FhirNode Resource, FhirNode Container) ResourcesOf(FhirNode node)
    {
        var resource = node;
        while (resource.ResourceType is null && resource.Parent is { } parent)
            resource = parent;
        var container = resource;
        while (container is { Name: "contained", Parent: { } parent })
            container = parent;
        return (resource, container);
    }

    private IEnumerable<FhirNode> Step(IEnumerable<FhirNode> nodes, PathStep step)
    {
        foreach (var node in nodes)
            switch (step.Kind)
            {
                case StepKind.Child:
                    foreach (var child in node.Nodes)
                        if (
                            child.Name == step.Text
                            || ChoiceTypes.IsChoiceName(step.Text, child.Name) && IsChoice(step.Text, child.Name)
                        )
                            yield return child;
                    break;
                case StepKind.Extension:
                    foreach (var extension in node.ChildrenNamed("extension"))
                        if (extension.Text("url") == step.Text)
                            yield return extension;
                    break;
                case StepKind.Resolve:
                    if ((node.Value ?? node.Text("reference")) is { } literal)
                    {
                        if (Resolve(node, literal) is { } target)
                            yield return target;
                        else if (TypeIn(literal) is { } type)
                            yield return Stub(type, node);
                    }

                    break;
                case StepKind.OfType:
                    if (
                        node.ResourceType == step.Text
                        || node.Type == step.Text
                        || ChoiceTypes.EndsIn(node.Name, step.Text)
                    )
                        yield return node;
                    break;
            }
    }

    /// <summary>What follows the name must be a type: <c>valueString</c> is a choice of value, <c>valueSet</c> is an element of its own.</summary>
    private static bool IsChoice(string element, string name)
    {
        var type = name[element.Length..];
        return ChoiceTypes.Contains(type);
    }

    private Dictionary<string, FhirNode> Contained(FhirNode container)
    {
        if (_contained.TryGetValue(container, out var byId))
            return byId;
        byId = [];
        foreach (var node in container.ChildrenNamed("contained"))
            if (node.Text("id") is { } id)
                byId.TryAdd(id, node);
        return _contained[container] = byId;
    }

    private Dictionary<string, FhirNode> Entries(FhirNode bundle)
    {
        if (_entries.TryGetValue(bundle, out var byUrl))
            return byUrl;
        byUrl = [];
        foreach (var entry in bundle.ChildrenNamed("entry"))
            if (entry.Child("resource") is { } resource)
            {
                if (entry.Text("fullUrl") is { } url)
                    Add(url, resource);
                // By type and id, for references from entries whose fullUrl names no base.
                if (resource is { ResourceType: { } type } && resource.Text("id") is { } id)
                    Add($"\n{type}/{id}", resource);
            }

        return _entries[bundle] = byUrl;

        void Add(string url, FhirNode resource)
        {
            byUrl.TryAdd(url, resource);
            if (resource.Child("meta")?.Text("versionId") is { } version)
                byUrl.TryAdd($"{url}{History}{version}", resource);
        }
    }

    private static FhirNode? BundleOf(FhirNode resource)
    {
        for (var node = resource.Parent; node is not null; node = node.Parent)
            if (node.ResourceType == "Bundle")
                return node;
        return resource.ResourceType == "Bundle" ? resource : null;
    }

    private static bool IsAbsolute(string literal) => literal.Contains(':', StringComparison.Ordinal);

    private static string WithoutVersion(string literal) =>
        literal.IndexOf(History, StringComparison.Ordinal) is >= 0 and var at ? literal[..at] : literal;

    private static string VersionOf(string literal) =>
        literal.IndexOf(History, StringComparison.Ordinal) is >= 0 and var at ? literal[at..] : "";

    /// <summary>The base of the entry that a resource is in; asked once, for an entry may have very many references.</summary>
    private string? BaseAt(FhirNode container)
    {
        if (_bases.TryGetValue(container, out var known))
            return known;
        var own = container.Parent?.Text("fullUrl");
        return _bases[container] =
            own is null || !own.StartsWith("http", StringComparison.Ordinal) ? null : BaseOf(own);
    }

    /// <summary>The base of a RESTful URL: all before type and id; null when it has none.</summary>
    private static string? BaseOf(string url)
    {
        if (TypeIn(url) is not { } type)
            return null;
        var at = url.LastIndexOf($"/{type}/", StringComparison.Ordinal);
        return at < 0 ? null : url[..(at + 1)];
    }
}
