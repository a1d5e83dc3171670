using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Xml;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// What may be in a narrative (R4, narrative.html#xhtml): formatting elements of HTML 4, a few attributes, links and images; no script, form, frame
/// or style sheet, no document type, no event attribute, and some text or image. Reading is streamed, and no entity is fetched.
/// The SDK's own check is not enough: of the 40 hostile narratives of our tests it takes 17 (scripts in links, styles that fetch), it
/// refuses an image without <c>alt</c>, and it costs half as much again (55 against 37 microseconds).
/// </summary>
internal static class Narrative
{
    private const string Xhtml = "http://www.w3.org/1999/xhtml";
    private const int MostAttributes = 512;

    private static readonly FrozenSet<string> Elements = Words(
        """
        div p span br hr h1 h2 h3 h4 h5 h6 a abbr acronym b big i small tt em strong dfn code samp kbd var cite sub
        sup pre blockquote q address bdo del ins img ul ol li dl dt dd table caption col colgroup thead tfoot tbody
        tr th td map area figure figcaption section u s strike font center
        """
    );

    private static readonly FrozenSet<string> Attributes = Words(
        """
        id class style title lang dir href name rel rev type hreflang charset accesskey tabindex shape coords src
        alt longdesc height width usemap ismap border align valign cellpadding cellspacing frame rules summary char
        charoff span abbr axis headers scope rowspan colspan cite datetime nowrap bgcolor start value compact size
        color face clear hspace vspace noshade target nohref dropzone
        """
    );

    private static readonly string[] ActiveStyles =
    [
        "url(",
        "expression(",
        "@import",
        "script:",
        "behavior",
        "-moz-binding",
        "/*",
    ];

    private static FrozenSet<string> Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();

    /// <summary>Which of the two rules of a narrative is broken, and how; null when none is.</summary>
    public static (string Rule, string Problem)? Check(string xhtml)
    {
        if (XmlAttributes.FindTooMany<ushort>(MemoryMarshal.Cast<char, ushort>(xhtml), MostAttributes) >= 0)
            return ("txt-1", $"an element has more than {MostAttributes} attributes");
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(xhtml),
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Prohibit,
                    XmlResolver = null,
                    ConformanceLevel = ConformanceLevel.Fragment,
                }
            );
            return Check(reader);
        }
        catch (XmlException e)
        {
            return (
                "txt-1",
                $"it is not well-formed XHTML (line {e.LineNumber}, column {e.LinePosition} of the narrative)"
            );
        }
    }

    private static (string, string)? Check(XmlReader reader)
    {
        var content = false;
        var roots = 0;
        while (reader.Read())
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (reader.Depth == 0 && (reader.LocalName != "div" || reader.NamespaceURI != Xhtml || ++roots > 1))
                        return ("txt-1", $"its root must be one <div xmlns=\"{Xhtml}\">");
                    if (reader.Depth > XmlNarrative.Deepest)
                        return ("txt-1", $"its elements are nested more than {XmlNarrative.Deepest} levels deep");
                    content |= reader.LocalName == "img";
                    if (Element(reader) is { } problem)
                        return ("txt-1", problem);
                    break;
                case XmlNodeType.CDATA:
                    return ("txt-1", "it contains a CDATA section, which a browser reads as a comment that ends early");
                case XmlNodeType.Comment when IsEndedEarly(reader.Value):
                    return ("txt-1", "it contains a comment that ends early in a browser");
                case XmlNodeType.Text:
                    if (reader.Depth == 0)
                        return ("txt-1", "its text is outside the div");
                    content |= !string.IsNullOrWhiteSpace(reader.Value);
                    break;
                case XmlNodeType.ProcessingInstruction:
                    return ("txt-1", "it contains a processing instruction");
            }

        return roots == 0 ? ("txt-1", "it has no div")
            : content ? null
            : ("txt-2", "it has neither text nor an image");
    }

    private static string? Element(XmlReader reader)
    {
        var name = reader.LocalName;
        if (reader.NamespaceURI != Xhtml || !Elements.Contains(name))
            return $"<{name}> is not allowed in a narrative";
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix == "xmlns" || reader.Name == "xmlns" || reader.Prefix == "xml")
                continue;
            if (reader.Prefix.Length > 0 || !Attributes.Contains(reader.LocalName))
                return $"the attribute {reader.Name} of <{name}> is not allowed in a narrative";
            if (reader.LocalName is "href" or "src" or "longdesc" or "cite" or "usemap" && IsScript(name, reader.Value))
                return $"the {reader.LocalName} of <{name}> runs a script";
            if (reader.LocalName == "style" && IsActive(reader.Value))
                return $"the style of <{name}> fetches or runs something";
        }

        reader.MoveToElement();
        return null;
    }

    /// <summary>Browsers pass over white space and control characters inside a scheme. Of data only images are taken.</summary>
    private static bool IsScript(string element, string url)
    {
        var plain = string.Concat(url.Where(c => c > ' '));
        return plain.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)
            || plain.StartsWith("vbscript:", StringComparison.OrdinalIgnoreCase)
            || plain.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
                && !(element == "img" && plain.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Styles that fetch or run; a backslash can hide any of them.</summary>
    private static bool IsActive(string style) =>
        style.Contains('\\', StringComparison.Ordinal)
        || ActiveStyles.Any(part => style.Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>In HTML a comment ends at <c>&gt;</c> where that is the first that stands in it.</summary>
    private static bool IsEndedEarly(string comment) =>
        comment.StartsWith('>') || comment.StartsWith("->", StringComparison.Ordinal);
}
