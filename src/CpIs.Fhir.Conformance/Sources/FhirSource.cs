using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>A resource as it was sent: its tree, what was wrong with the text itself, and where each node stands.</summary>
public sealed class FhirSource
{
    /// <summary>The limits of a text that is validated; wider than those of the exchange, for examples of other services are validated too.</summary>
    public static JsonLimits Limits { get; } =
        new()
        {
            MaximumBytes = 64 * 1_024 * 1_024,
            MaximumDepth = 64,
            MaximumStringBytes = 64 * 1_024 * 1_024,
            MaximumProperties = 512,
            MaximumContained = int.MaxValue,
            ChecksValues = false,
        };

    private readonly ReadOnlyMemory<byte> _text;
    private int[]? _lines;

    private FhirSource(ReadOnlyMemory<byte> text, FhirNode? root, IReadOnlyList<Issue> problems)
    {
        _text = text;
        Root = root;
        Problems = problems;
    }

    /// <summary>The resource; null when the text is not JSON or XML of a resource at all.</summary>
    public FhirNode? Root { get; }

    /// <summary>True when the source is XML, which tells neither lists nor the type of a value.</summary>
    internal bool IsXml { get; private init; }

    /// <summary>Problems of the text: broken syntax, a property twice, a document type, and the like. Validation ends there.</summary>
    public IReadOnlyList<Issue> Problems { get; }

    /// <summary>Names and places from the outermost resource of the text to this one; empty when it is that one.</summary>
    internal IReadOnlyList<(string Name, int Index)> Way { get; private init; } = [];

    /// <summary>Why nothing can be done with the text: too large, or not readable. Null where there is a <see cref="Root"/>.</summary>
    internal Refusal? Refusal =>
        Root is not null
            ? null
            : new Refusal(
                Problems.Any(problem => problem.Rule is "cpis-json-size" or "cpis-upload-entries")
                    ? RefusalKind.TooLarge
                    : RefusalKind.Malformed,
                Problems
            );

    /// <summary>The text that was read.</summary>
    internal ReadOnlyMemory<byte> Text => _text;

    /// <summary>Reads JSON. Never throws on what it is given.</summary>
    public static FhirSource ReadJson(ReadOnlyMemory<byte> json, JsonLimits? limits = null)
    {
        limits ??= Limits;
        if (JsonGuard.Check(json, limits) is { } refusal)
            return new FhirSource(json, null, refusal.Issues);
        return new FhirSource(json, JsonTree.Read(json, limits), []);
    }

    /// <summary>Reads XML: no document type, no entity, nothing fetched. Never throws on what it is given.</summary>
    public static FhirSource ReadXml(ReadOnlyMemory<byte> xml, JsonLimits? limits = null)
    {
        limits ??= Limits;
        if (xml.Length > limits.MaximumBytes)
            return new FhirSource(
                default,
                null,
                [
                    new Issue(
                        "too-long",
                        $"The text has {xml.Length} bytes; at most {limits.MaximumBytes} are allowed.",
                        Rule: "cpis-json-size"
                    ),
                ]
            )
            {
                IsXml = true,
            };
        var (root, problems) = XmlTree.Read(xml, limits);
        return new FhirSource(xml, root, problems) { IsXml = true };
    }

    /// <summary>Reads JSON or XML, whichever the text begins as.</summary>
    public static FhirSource Read(ReadOnlyMemory<byte> text, JsonLimits? limits = null)
    {
        var start = text.Span.IndexOfAnyExcept("\uFEFF \t\r\n"u8);
        return start >= 0 && text.Span[start] == (byte)'<' ? ReadXml(text, limits) : ReadJson(text, limits);
    }

    /// <summary>
    /// A resource inside this one as a source of its own: paths begin at it, lines and columns stay those of the whole text. It is taken out
    /// of this tree, which is not to be used any more.
    /// </summary>
    /// <param name="resource">A resource of this tree.</param>
    public FhirSource Within(FhirNode resource)
    {
        var way = new Stack<(string, int)>();
        for (var node = resource; node.Parent is { } parent; node = parent)
            way.Push((node.Name, parent.ChildrenNamed(node.Name).TakeWhile(sibling => sibling != node).Count()));
        resource.Parent = null;
        resource.Index = -1;
        return new FhirSource(_text, resource, []) { IsXml = IsXml, Way = [.. Way, .. way] };
    }

    /// <summary>Line and column where a node begins, both from 1; columns count UTF-16 units, as editors do.</summary>
    public (int Line, int Column) Locate(FhirNode node)
    {
        if (IsXml)
            return XmlPosition.Unpack(node.Position);
        var lines = _lines ??= LineStarts(_text.Span);
        var line = Array.BinarySearch(lines, node.Position);
        if (line < 0)
            line = ~line - 1;
        var before = _text.Span[lines[line]..Math.Min(node.Position, _text.Length)];
        return (line + 1, Encoding.UTF8.GetCharCount(before) + 1);
    }

    private static int[] LineStarts(ReadOnlySpan<byte> json)
    {
        var starts = new List<int> { 0 };
        for (var at = 0; json[at..].IndexOf((byte)'\n') is >= 0 and var next; )
            starts.Add(at += next + 1);
        return [.. starts];
    }
}
