using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Formats;

/// <summary>
/// Writes the tree of a resource in XML as JSON, the form in which the exchange reads, judges and keeps it. XML tells neither lists nor
/// the type of a value, so R4's definitions do. Nothing that was sent is left out: what has no place in FHIR is written as it
/// stands, for the judge to find at the same place. Sources: R4 xml.html, json.html.
/// </summary>
internal sealed partial class XmlResource(SchemaSet schemas, Utf8JsonWriter json)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The resource in JSON.</summary>
    /// <param name="root">The resource in XML, of the guarded reader.</param>
    /// <param name="schemas">R4's types.</param>
    public static ReadOnlyMemory<byte> ToJson(FhirNode root, SchemaSet schemas)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
            new XmlResource(schemas, json).Object(root, null);
        return bytes.WrittenMemory;
    }

    private void Object(FhirNode node, ChildTable? table)
    {
        json.WriteStartObject();
        if (node.ResourceType is { } type)
        {
            json.WriteString("resourceType", type);
            table = schemas.FindType(type)?.Root.Inline;
        }

        foreach (var group in node.Children.GroupBy(child => child.Name, StringComparer.Ordinal))
            Members(group.Key, [.. group], table);
        json.WriteEndObject();
    }

    private void Members(string name, FhirNode[] nodes, ChildTable? table)
    {
        var (element, type) =
            table is not null && table.TryFind(name, out var child)
                ? (table.Elements[child.At], child.Type)
                : (null, (TypeSchema?)null);
        var isArray = nodes.Length > 1 || element is { Model.IsArray: true };
        var children = element?.ChildrenFor(type);
        if (!Array.Exists(nodes, node => IsValue(node, type)))
        {
            Property(name, isArray, nodes, node => Object(node, children));
            return;
        }

        if (Array.Exists(nodes, node => node.Value is not null))
            Property(name, isArray, nodes, node => Value(node, type));
        if (Array.Exists(nodes, node => node.Nodes.Length > 0 || node.Value is null))
            Property("_" + name, isArray, nodes, node => Beside(node, children));
    }

    private void Property(string name, bool isArray, FhirNode[] nodes, Action<FhirNode> write)
    {
        json.WritePropertyName(name);
        if (isArray)
            json.WriteStartArray();
        foreach (var node in nodes)
            write(node);
        if (isArray)
            json.WriteEndArray();
    }

    private void Value(FhirNode node, TypeSchema? type)
    {
        if (node.Value is not { } text)
            json.WriteNullValue();
        else if (IsLiteral(text, type?.Code))
            json.WriteRawValue(text, skipInputValidation: true);
        else
            json.WriteStringValue(text);
    }

    /// <summary>The id and the extensions of a value.</summary>
    private void Beside(FhirNode node, ChildTable? table)
    {
        if (node.Nodes.Length > 0 || node.Value is null)
            Object(node, table);
        else
            json.WriteNullValue();
    }

    private static bool IsValue(FhirNode node, TypeSchema? type) =>
        node.Value is not null || type?.Structure is { Kind: FhirKind.Primitive or FhirKind.Xhtml };

    /// <summary>Whether JSON writes it without quotes. What is no number of JSON stays text, and is told as a value of the wrong form.</summary>
    private static bool IsLiteral(string text, string? type) =>
        type switch
        {
            "boolean" => text is "true" or "false",
            "decimal" or "integer" or "positiveInt" or "unsignedInt" => Number().IsMatch(text),
            _ => false,
        };

    // RFC 8259 6.
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
