using System.Text.Unicode;
using System.Xml;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>
/// Builds the tree of a resource in XML. A document type is refused and nothing is ever fetched, so that a text can neither read
/// files (XXE) nor grow (entity bombs). What JSON writes as a property is here an attribute (<c>value</c>, <c>id</c>, <c>url</c>).
/// </summary>
internal sealed class XmlTree(XmlReader reader, JsonLimits limits)
{
    private const string Fhir = "http://hl7.org/fhir";
    private const string Xhtml = "http://www.w3.org/1999/xhtml";

    private readonly IXmlLineInfo _place = (IXmlLineInfo)reader;
    private readonly List<Issue> _problems = [];

    /// <summary>Settings under which untrusted XML is read.</summary>
    public static XmlReaderSettings Settings =>
        new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreWhitespace = true,
            IgnoreProcessingInstructions = true,
        };

    public static (FhirNode? Root, IReadOnlyList<Issue> Problems) Read(ReadOnlyMemory<byte> xml, JsonLimits limits)
    {
        if (Refuse(xml.Span, limits.MaximumProperties) is { } refused)
            return (null, [refused]);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(xml.ToArray(), false), Settings);
            var tree = new XmlTree(reader, limits);
            var root = tree.ReadRoot();
            // What follows the root is read too: a second root is no XML.
            while (tree._problems.Count == 0 && reader.Read()) { }
            return tree._problems.Count > 0 ? (null, tree._problems) : (root, []);
        }
        catch (XmlException e)
        {
            return (null, [Problem("cpis-xml-syntax", Why(e), e.LineNumber, e.LinePosition)]);
        }
    }

    private static string Why(XmlException e) =>
        e.Message.Contains("DTD", StringComparison.Ordinal)
            ? "A document type (DOCTYPE) is not allowed. Leave it out."
            : $"The XML cannot be read: {e.Message}";

    /// <summary>What must not come before the reader: FHIR is written in UTF-8 alone, which is what attributes are counted in.</summary>
    private static Issue? Refuse(ReadOnlySpan<byte> xml, int mostAttributes)
    {
        if (!Utf8.IsValid(xml) || xml.Contains((byte)0))
            return Problem("cpis-xml-syntax", "The text is not UTF-8. Send FHIR as UTF-8.", 1, 1);
        if (XmlAttributes.FindTooMany(xml, mostAttributes) is not (>= 0 and var at))
            return null;
        var before = xml[..at];
        return Problem(
            "cpis-json-properties",
            $"An element has more than {mostAttributes} attributes. No element of FHIR needs as many.",
            before.Count((byte)'\n') + 1,
            at - before.LastIndexOf((byte)'\n')
        );
    }

    private FhirNode? ReadRoot()
    {
        if (reader.Read() && reader.NodeType == XmlNodeType.XmlDeclaration && IsOtherThanUtf8())
        {
            Add("cpis-xml-syntax", "The XML declares another encoding than UTF-8. Send FHIR as UTF-8.");
            return null;
        }

        reader.MoveToContent();
        if (reader.NamespaceURI != Fhir)
        {
            Add("cpis-xml-namespace", $"The root element is not in the namespace {Fhir}.");
            return null;
        }

        var root = new FhirNode("$this", null, -1, Position()) { ResourceType = reader.LocalName };
        root.Nodes = ReadChildren(root);
        return root;
    }

    /// <summary>.NET's reader would follow the declaration, and read names as others than they are.</summary>
    private bool IsOtherThanUtf8() =>
        reader.GetAttribute("encoding") is { } declared
        && !declared.Equals("UTF-8", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads what is inside the element that the reader stands on, and leaves the reader on its end.</summary>
    private FhirNode[] ReadChildren(FhirNode parent)
    {
        var nodes = new List<FhirNode>();
        var (isEmpty, entries) = (reader.IsEmptyElement, 0);
        ReadAttributes(parent, nodes);
        if (isEmpty)
            return [.. nodes];
        while (_problems.Count == 0 && reader.Read() && reader.NodeType != XmlNodeType.EndElement)
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Depth > limits.MaximumDepth:
                    Add("cpis-json-depth", $"Elements are nested more than {limits.MaximumDepth} levels deep.");
                    break;
                case XmlNodeType.Element when reader.NamespaceURI == Xhtml:
                    nodes.Add(ReadNarrative(parent));
                    break;
                case XmlNodeType.Element when reader.NamespaceURI != Fhir:
                    Add("cpis-xml-namespace", $"The element {reader.Name} is not in FHIR's namespace.");
                    break;
                case XmlNodeType.Element when char.IsUpper(reader.LocalName[0]) && parent.ResourceType is not null:
                    Add("cpis-xml-resource", $"{reader.Name} is a second resource where only one is allowed.");
                    break;
                case XmlNodeType.Element when char.IsUpper(reader.LocalName[0]):
                    // A resource in another is in an element of its own, which the tree has no use for.
                    parent.ResourceType = reader.LocalName;
                    nodes.AddRange(ReadChildren(parent));
                    break;
                case XmlNodeType.Element
                    when parent.ResourceType == "Bundle"
                        && reader.LocalName == "entry"
                        && ++entries > limits.MaximumEntries:
                    _problems.Add(TooManyEntries(parent));
                    break;
                case XmlNodeType.Element:
                    var node = new FhirNode(reader.LocalName, parent, 0, Position());
                    node.Nodes = ReadChildren(node);
                    nodes.Add(node);
                    break;
                default:
                    Add(
                        "cpis-xml-text",
                        "Text is not allowed between elements. Write a value as the attribute 'value'."
                    );
                    break;
            }

        return [.. nodes];
    }

    private void ReadAttributes(FhirNode parent, List<FhirNode> nodes)
    {
        while (reader.MoveToNextAttribute())
            switch (reader.LocalName)
            {
                case "value" when reader.NamespaceURI.Length == 0:
                    (parent.Value, parent.Form) = (reader.Value, FhirValueForm.Attribute);
                    break;
                case "id" or "url" when reader.NamespaceURI.Length == 0:
                    nodes.Add(
                        new FhirNode(reader.LocalName, parent, -1, Position())
                        {
                            Value = reader.Value,
                            Form = FhirValueForm.Attribute,
                        }
                    );
                    break;
                case var _
                    when reader.Prefix == "xmlns"
                        || reader.Name == "xmlns"
                        || reader.NamespaceURI.EndsWith("XMLSchema-instance", StringComparison.Ordinal):
                    break;
                default:
                    Add("cpis-xml-attribute", $"FHIR has no attribute {reader.Name}.");
                    break;
            }

        reader.MoveToElement();
    }

    private FhirNode ReadNarrative(FhirNode parent)
    {
        var position = Position();
        using var inner = reader.ReadSubtree();
        return new FhirNode("div", parent, -1, position)
        {
            Value = XmlNarrative.Copy(inner),
            Form = FhirValueForm.Attribute,
        };
    }

    private Issue TooManyEntries(FhirNode bundle) =>
        new(
            "too-long",
            $"The Bundle has more than {limits.MaximumEntries} entries; at most {limits.MaximumEntries} are allowed. Send several Bundles.",
            bundle.Path + ".entry",
            SpineCodes.TooManyValues,
            Rule: "cpis-upload-entries"
        )
        {
            Position = (_place.LineNumber, _place.LinePosition),
        };

    private int Position() => XmlPosition.Pack(_place.LineNumber, _place.LinePosition);

    private void Add(string rule, string diagnostics) =>
        _problems.Add(Problem(rule, diagnostics, _place.LineNumber, _place.LinePosition));

    private static Issue Problem(string rule, string diagnostics, int line, int column) =>
        new("structure", diagnostics, Spine: SpineCodes.InvalidValue, Rule: rule)
        {
            // Of a document type the reader tells no place.
            Position = (Math.Max(1, line), Math.Max(1, column)),
        };
}
