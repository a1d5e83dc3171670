using System.Text;
using System.Xml;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>
/// The text of a narrative, as it stands in a resource in JSON. An XmlWriter looks through all open elements for each that it writes, so
/// that the time grows with the square of the depth (32,000 elements in each other: 40 s). What lies deeper than a narrative may is left out.
/// </summary>
internal static class XmlNarrative
{
    /// <summary>Elements are nested no deeper in a narrative; below its div.</summary>
    public const int Deepest = 128;

    private static readonly XmlWriterSettings Settings = new()
    {
        OmitXmlDeclaration = true,
        ConformanceLevel = ConformanceLevel.Fragment,
    };

    /// <summary>The narrative, at most one level deeper than is allowed: enough for its check to tell.</summary>
    /// <param name="reader">A reader of the div alone.</param>
    public static string Copy(XmlReader reader)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, Settings))
            while (reader.Read())
                if (reader.Depth <= Deepest + 1)
                    Copy(reader, writer);
        return text.ToString();
    }

    private static void Copy(XmlReader reader, XmlWriter writer)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
                writer.WriteAttributes(reader, defattr: false);
                if (reader.IsEmptyElement)
                    writer.WriteEndElement();
                break;
            case XmlNodeType.EndElement:
                writer.WriteFullEndElement();
                break;
            case XmlNodeType.Text:
                writer.WriteString(reader.Value);
                break;
            case XmlNodeType.CDATA:
                writer.WriteCData(reader.Value);
                break;
            case XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                writer.WriteWhitespace(reader.Value);
                break;
        }
    }
}
