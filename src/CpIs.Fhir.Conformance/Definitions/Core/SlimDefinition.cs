using System.Text.Json;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// Writes a definition with what its model holds and nothing else: no narrative, prose, mappings and designations. What is kept is
/// written as it stood, so that a reader reads the same from both.
/// </summary>
internal static class SlimDefinition
{
    private static readonly HashSet<string> Structure =
    [
        "resourceType",
        "url",
        "version",
        "name",
        "kind",
        "abstract",
        "context",
        "contextInvariant",
        "type",
        "baseDefinition",
        "derivation",
    ];

    private static readonly HashSet<string> Element =
    [
        "id",
        "path",
        "sliceName",
        "slicing",
        "min",
        "max",
        "base",
        "contentReference",
        "maxLength",
        "mustSupport",
    ];

    private static readonly HashSet<string> Type = ["code", "profile", "targetProfile", "aggregation", "versioning"];
    private static readonly HashSet<string> Constraint = ["key", "severity", "human", "expression", "source"];
    private static readonly HashSet<string> Binding = ["strength", "valueSet"];
    private static readonly HashSet<string> Codes = ["resourceType", "url", "version", "name"];
    private static readonly HashSet<string> System = ["content", "caseSensitive"];
    private static readonly HashSet<string> Concept = ["code", "display", "property"];

    public static void Write(Utf8JsonWriter json, JsonElement definition)
    {
        json.WriteStartObject();
        switch (definition.GetProperty("resourceType").GetString())
        {
            case "StructureDefinition":
                Copy(json, definition, Structure);
                if (definition.TryGetProperty("snapshot", out var snapshot))
                    WriteSnapshot(json, snapshot);
                break;
            case "ValueSet":
                Copy(json, definition, Codes);
                if (definition.TryGetProperty("compose", out var compose))
                    WriteCompose(json, compose);
                else if (definition.TryGetProperty("expansion", out var expansion))
                    WriteNested(json, "expansion", expansion, "contains", ["system", "code", "display"]);
                break;
            default:
                Copy(json, definition, Codes);
                Copy(json, definition, System);
                WriteConcepts(json, definition);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteSnapshot(Utf8JsonWriter json, JsonElement snapshot)
    {
        json.WriteStartObject("snapshot");
        json.WriteStartArray("element");
        foreach (var element in snapshot.GetProperty("element").EnumerateArray())
        {
            json.WriteStartObject();
            foreach (var property in element.EnumerateObject())
                WriteOfElement(json, property);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOfElement(Utf8JsonWriter json, JsonProperty property)
    {
        switch (property.Name)
        {
            case "isModifier" when property.Value.ValueKind == JsonValueKind.True:
                property.WriteTo(json);
                break;
            case "type":
                WriteEach(json, property, WriteType);
                break;
            case "constraint":
                WriteEach(
                    json,
                    property,
                    (writer, constraint) =>
                    {
                        Copy(writer, constraint, Constraint);
                        CopyExtension(writer, constraint, ExtensionUrls.BestPractice);
                    }
                );
                break;
            case "binding":
                json.WriteStartObject("binding");
                Copy(json, property.Value, Binding);
                CopyExtension(json, property.Value, ExtensionUrls.MaximumValueSet);
                json.WriteEndObject();
                break;
            case var name when Element.Contains(name) || IsValue(name):
                property.WriteTo(json);
                break;
        }
    }

    private static bool IsValue(string name) =>
        name.StartsWith("fixed", StringComparison.Ordinal)
        || name.StartsWith("pattern", StringComparison.Ordinal)
        || name.StartsWith("minValue", StringComparison.Ordinal)
        || name.StartsWith("maxValue", StringComparison.Ordinal);

    private static void WriteType(Utf8JsonWriter json, JsonElement type)
    {
        Copy(json, type, Type);
        CopyExtension(json, type, ExtensionUrls.FhirType);
        if (type.TryGetProperty("code", out _) || !type.TryGetProperty("_code", out var beside))
            return;
        json.WriteStartObject("_code");
        CopyExtension(json, beside, ExtensionUrls.XmlType);
        json.WriteEndObject();
    }

    private static void WriteCompose(Utf8JsonWriter json, JsonElement compose)
    {
        json.WriteStartObject("compose");
        foreach (var property in compose.EnumerateObject().Where(p => p.Name is "include" or "exclude"))
            WriteEach(
                json,
                property,
                (writer, set) =>
                {
                    Copy(writer, set, ["system", "version", "filter", "valueSet"]);
                    WriteNested(writer, set, "concept", ["code", "display"]);
                }
            );
        json.WriteEndObject();
    }

    private static void WriteConcepts(Utf8JsonWriter json, JsonElement system) =>
        WriteNested(json, system, "concept", Concept);

    private static void WriteNested(
        Utf8JsonWriter json,
        string name,
        JsonElement of,
        string list,
        HashSet<string> properties
    )
    {
        json.WriteStartObject(name);
        WriteNested(json, of, list, properties);
        json.WriteEndObject();
    }

    /// <summary>Writes a list whose members have the same list inside.</summary>
    private static void WriteNested(Utf8JsonWriter json, JsonElement of, string list, HashSet<string> properties)
    {
        if (!of.TryGetProperty(list, out var members))
            return;
        json.WriteStartArray(list);
        foreach (var member in members.EnumerateArray())
        {
            json.WriteStartObject();
            Copy(json, member, properties);
            WriteNested(json, member, list, properties);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEach(Utf8JsonWriter json, JsonProperty list, Action<Utf8JsonWriter, JsonElement> write)
    {
        json.WriteStartArray(list.Name);
        foreach (var member in list.Value.EnumerateArray())
        {
            json.WriteStartObject();
            write(json, member);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Copy(Utf8JsonWriter json, JsonElement from, HashSet<string> properties)
    {
        foreach (var property in from.EnumerateObject())
            if (properties.Contains(property.Name))
                property.WriteTo(json);
    }

    private static void CopyExtension(Utf8JsonWriter json, JsonElement from, string url)
    {
        if (!from.TryGetProperty("extension", out var extensions))
            return;
        var kept = extensions.EnumerateArray().Where(e => e.GetProperty("url").GetString() == url).ToList();
        if (kept.Count == 0)
            return;
        json.WriteStartArray("extension");
        foreach (var extension in kept)
            extension.WriteTo(json);
        json.WriteEndArray();
    }
}
