using System.Text.Json;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>
/// Builds the tree of a JSON text that the guard has let pass. Whatever has no place in a FHIR document (an array in an array, an empty
/// object, a <c>null</c>) is kept in the tree as it is written, for the walk to report where it knows what belongs there.
/// </summary>
internal ref struct JsonTree
{
    private Utf8JsonReader _reader;
    private readonly NameTable _names;

    private JsonTree(ReadOnlySpan<byte> json, JsonLimits limits)
    {
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.MaximumDepth + 1 });
        _names = NameTable.Shared;
    }

    public static FhirNode Read(ReadOnlyMemory<byte> json, JsonLimits limits)
    {
        var tree = new JsonTree(json.Span, limits);
        tree._reader.Read();
        var root = new FhirNode("$this", null, -1, (int)tree._reader.TokenStartIndex);
        tree.ReadObject(root);
        return root;
    }

    /// <summary>Reads the members of the object that the reader stands on into a node.</summary>
    private void ReadObject(FhirNode node)
    {
        node.IsObject = true;
        var children = new Members();
        List<FhirNode>? beside = null;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var position = (int)_reader.TokenStartIndex;
            var name = _names.Get(ref _reader);
            _reader.Read();
            if (name == "resourceType" && _reader.TokenType == JsonTokenType.String && MayBeResource(node))
                node.ResourceType = _names.Get(ref _reader);
            else if (name.Length > 1 && name[0] == '_')
                ReadMember(ref beside, node, name, position);
            else
                ReadMember(ref children, node, name, position);
        }

        node.Nodes = beside is null ? children.ToArray() : Beside.Merge(node, children.ToArray(), beside);
    }

    /// <summary>Elsewhere the name is an element like any other: ExampleScenario.instance has one.</summary>
    private static bool MayBeResource(FhirNode node) =>
        node.Parent is null || node.Name is "resource" or "contained" or "outcome";

    private void ReadMember(ref Members into, FhirNode parent, string name, int position)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            into.Add(ReadValue(parent, name, -1, position));
            return;
        }

        var index = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            into.Add(ReadValue(parent, name, index++, (int)_reader.TokenStartIndex));
        if (index == 0)
            into.Add(new FhirNode(name, parent, FhirNode.EmptyArray, position));
    }

    private void ReadMember(ref List<FhirNode>? into, FhirNode parent, string name, int position)
    {
        var members = new Members();
        ReadMember(ref members, parent, name, position);
        (into ??= []).AddRange(members.ToArray());
    }

    private FhirNode ReadValue(FhirNode parent, string name, int index, int position)
    {
        var node = new FhirNode(name, parent, index, position);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(node);
                break;
            case JsonTokenType.StartArray:
                node.Form = FhirValueForm.Array;
                _reader.Skip();
                break;
            case JsonTokenType.Null:
                node.Form = FhirValueForm.Null;
                break;
            case JsonTokenType.String:
                node.Form = FhirValueForm.Text;
                node.Value = _names.GetValue(ref _reader);
                break;
            default:
                node.Form = _reader.TokenType == JsonTokenType.Number ? FhirValueForm.Number : FhirValueForm.Boolean;
                node.Value = _names.GetLiteral(ref _reader);
                break;
        }

        return node;
    }

    /// <summary>The children of one object while they are read: the first few without a list.</summary>
    private struct Members
    {
        private FhirNode[] _nodes;
        private int _count;

        public void Add(FhirNode node)
        {
            _nodes ??= new FhirNode[4];
            if (_count == _nodes.Length)
                Array.Resize(ref _nodes, _count * 2);
            _nodes[_count++] = node;
        }

        public readonly FhirNode[] ToArray()
        {
            if (_count == 0)
                return [];
            var nodes = _nodes;
            Array.Resize(ref nodes, _count);
            return nodes;
        }
    }
}
