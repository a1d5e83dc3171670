using System.Globalization;
using System.Text;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>
/// One element of a resource as it was written: the same tree for JSON and XML, with places, before anything is known of types.
/// An element that repeats is several nodes with the same name, one after the other. What JSON writes as <c>_name</c> is in the node of <c>name</c>.
/// </summary>
public sealed class FhirNode : ISentElement
{
    /// <summary><see cref="Index"/> of the one node that stands for an array without members.</summary>
    internal const int EmptyArray = -2;

    private const int Many = 32;

    private static readonly FhirNode[] None = [];

    /// <summary>Where each name begins among many children.</summary>
    private int[]? _starts;

    internal FhirNode(string name, FhirNode? parent, int index, int position)
    {
        Name = name;
        Parent = parent;
        Index = index;
        Position = position;
    }

    /// <summary>Name as written, such as <c>valueString</c>; at the root and where a resource is in another, the name of the place.</summary>
    public string Name { get; }

    /// <summary>The element that this one is in; null at the root.</summary>
    public FhirNode? Parent { get; internal set; }

    /// <summary>Place among its repetitions, from 0; -1 where the source has no array (JSON), or 0 and up (XML, where that cannot be decided).</summary>
    public int Index { get; internal set; }

    /// <summary>How the value is written; <see cref="FhirValueForm.None"/> for an element without value.</summary>
    public FhirValueForm Form { get; internal set; }

    /// <summary>Text of the value: a string unescaped, a number or boolean as written; null where there is none.</summary>
    public string? Value { get; internal set; }

    /// <summary>True where JSON had an object (or XML an element with children) in the place of the value itself, not next to it.</summary>
    public bool IsObject { get; internal set; }

    /// <summary>Elements inside, in the order of the source, repetitions together.</summary>
    public IReadOnlyList<FhirNode> Children => Nodes;

    /// <summary>The <c>resourceType</c> of a resource; null for an element.</summary>
    public string? ResourceType { get; internal set; }

    /// <summary>True where something stood in <c>_name</c> that has no place there.</summary>
    internal bool IsMisplaced { get; set; }

    /// <summary>True where JSON had <c>_name</c>.</summary>
    internal bool HasBeside { get; set; }

    /// <summary>Byte offset in the source (JSON), or line and column packed (XML); see <see cref="FhirSource.Locate"/>.</summary>
    internal int Position { get; set; }

    /// <summary>FHIR type of the element, once the walk has been here.</summary>
    internal string? Type { get; set; }

    /// <summary>Name in the definition, without a choice's type: <c>value</c> for <c>valueString</c>. Known once the walk has been here.</summary>
    internal string? ElementName { get; set; }

    /// <summary>Path in the definition of the resource or type, such as <c>Organization.telecom</c>. Known once the walk has been here.</summary>
    internal string? ElementPath { get; set; }

    /// <summary>Id of the element in the definition that the walk first held it to, such as <c>Flag.extension:flagDetail.value[x]</c>.</summary>
    internal string? ElementId { get; set; }

    /// <summary>The SDK's node of the same element, made when an invariant asks for it.</summary>
    internal object? Evaluated { get; set; }

    /// <summary>Ids of the resources that this one contains, once a reference has asked for them.</summary>
    internal HashSet<string>? ContainedIds { get; set; }

    internal FhirNode[] Nodes
    {
        get;
        set => (field, _starts) = (value, null);
    } = None;

    /// <summary>The first child of that name; null when there is none.</summary>
    public FhirNode? Child(string name)
    {
        for (var at = 0; at < Nodes.Length; at = After(at))
            if (Nodes[at].Name == name)
                return Nodes[at];
        return null;
    }

    /// <summary>All children of that name.</summary>
    public IEnumerable<FhirNode> ChildrenNamed(string name)
    {
        foreach (var node in Nodes)
            if (node.Name == name)
                yield return node;
    }

    /// <summary>
    /// The next place among the children at which another name may stand. Of many children the repetitions are passed over, so that
    /// a rule which asks each of 10,000 entries for the type of their Bundle does not go through all of them each time.
    /// </summary>
    internal int After(int at) => Nodes.Length < Many ? at + 1 : AfterRepetitions(at);

    private int AfterRepetitions(int at)
    {
        _starts ??= [.. Enumerable.Range(0, Nodes.Length).Where(i => i == 0 || Nodes[i].Name != Nodes[i - 1].Name)];
        var next = Array.BinarySearch(_starts, at + 1);
        next = next < 0 ? ~next : next;
        return next < _starts.Length ? _starts[next] : Nodes.Length;
    }

    ISentElement? ISentElement.Child(string name) => Child(name);

    IEnumerable<ISentElement> ISentElement.ChildrenNamed(string name) => ChildrenNamed(name);

    /// <summary>Value of the first child of that name; null when there is none.</summary>
    public string? Text(string name) => Child(name)?.Value;

    /// <summary>FHIRPath of the place from the root, such as <c>Bundle.entry[3].resource.period</c>. Choice types are written as in the source.</summary>
    public string Path
    {
        get
        {
            if (Parent is null)
                return ResourceType is null ? Name : Identifier(ResourceType);
            var path = new StringBuilder();
            Append(path);
            return path.ToString();
        }
    }

    private void Append(StringBuilder path)
    {
        if (Parent is null)
        {
            path.Append(ResourceType is null ? Name : Identifier(ResourceType));
            return;
        }

        Parent.Append(path);
        path.Append('.').Append(Identifier(Name));
        if (Index >= 0)
            path.Append(CultureInfo.InvariantCulture, $"[{Index}]");
    }

    /// <summary>A name that is not an identifier of FHIRPath is in backticks.</summary>
    private static string Identifier(string name)
    {
        var isPlain = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (var c in name)
            isPlain &= char.IsAsciiLetterOrDigit(c) || c == '_';
        return isPlain
            ? name
            : $"`{name.Replace("\\", @"\\", StringComparison.Ordinal).Replace("`", @"\`", StringComparison.Ordinal)}`";
    }

    /// <summary>The place, for debugging.</summary>
    public override string ToString() => Value is null ? Path : $"{Path} = {Value}";
}

/// <summary>How a value is written in the source.</summary>
public enum FhirValueForm
{
    /// <summary>There is no value.</summary>
    None,

    /// <summary>A JSON string.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c> in JSON.</summary>
    Boolean,

    /// <summary>An attribute <c>value</c> in XML, which tells no type.</summary>
    Attribute,

    /// <summary>A JSON <c>null</c> that has nothing next to it.</summary>
    Null,

    /// <summary>A JSON array in an array.</summary>
    Array,

    /// <summary>The XHTML of a narrative in XML.</summary>
    Xhtml,
}
