using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Searching;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Conformance.Formats;

/// <summary>
/// Writes a part of what is answered, each resource of it tagged SUBSETTED, so that nobody takes the part for the whole (R4
/// search.html#summary). Elements that must be there and those that change the meaning of others are in every part.
/// </summary>
public static class SubsetWriter
{
    private const int MostDepth = 256;
    private const string SystemBeforeR4 = "http://hl7.org/fhir/v3/ObservationValue";
    private static readonly string[] Always = ["id", "meta"];

    /// <summary>The part, UTF-8.</summary>
    /// <param name="answer">A resource, or a Bundle whose resources are to be cut.</param>
    /// <param name="subset">Which part. Named elements are those of what was searched for: what is included stays whole.</param>
    public static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> answer, AnswerSubset subset)
    {
        using var json = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = MostDepth });
        var root = json.RootElement;
        if (root.GetProperty("resourceType").ValueEquals("Bundle"))
            return WriteBundle(root, subset, answer.Length);
        return root.GetProperty("resourceType").ValueEquals("OperationOutcome") ? answer : Cut(root, subset);
    }

    private static ReadOnlyMemory<byte> WriteBundle(JsonElement bundle, AnswerSubset subset, int capacity)
    {
        var buffer = new ArrayBufferWriter<byte>(capacity);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        foreach (var property in bundle.EnumerateObject())
        {
            if (!property.NameEquals("entry"))
            {
                property.WriteTo(json);
                continue;
            }

            json.WriteStartArray("entry");
            foreach (var entry in property.Value.EnumerateArray())
                WriteEntry(json, entry, subset);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteEntry(Utf8JsonWriter json, JsonElement entry, AnswerSubset subset)
    {
        var mode = entry.GetProperty("search").GetProperty("mode");
        var isWhole = mode.ValueEquals("outcome") || (subset.Summary is null && mode.ValueEquals("include"));
        json.WriteStartObject();
        foreach (var property in entry.EnumerateObject())
            if (property.NameEquals("resource") && !isWhole)
            {
                json.WritePropertyName("resource");
                json.WriteRawValue(Cut(property.Value, subset), skipInputValidation: true);
            }
            else
                property.WriteTo(json);
        json.WriteEndObject();
    }

    private static byte[] Cut(JsonElement json, AnswerSubset subset)
    {
        if (!FhirJsonDeserializer.OSTRICH.TryDeserializeResource(json.GetRawText(), out var resource, out _))
            throw new InvalidOperationException("What is answered is no resource of R4.");
        var part = JsonNode.Parse(
            FhirJsonSerializer.Default.SerializeToBytes(
                resource,
                filterFactory: () => FilterOf(subset, resource.TypeName)
            )
        )!;
        // The SDK tags a part by two systems, of which R4 has one.
        part["meta"]!["tag"]!.AsArray().RemoveAll(tag => (string?)tag!["system"] == SystemBeforeR4);
        return JsonSerializer.SerializeToUtf8Bytes(part);
    }

    private static SerializationFilter FilterOf(AnswerSubset subset, string type) =>
        subset.Summary switch
        {
            "true" => SerializationFilter.ForSummary(),
            "text" => SerializationFilter.ForText(),
            "data" => SerializationFilter.ForData(),
            _ => SerializationFilter.ForElements([.. subset.Elements, .. Always, .. Needed(type)]),
        };

    private static IEnumerable<string> Needed(string type) =>
        ModelInfo
            .ModelInspector.FindClassMapping(type)!
            .PropertyMappings.Where(element => element.IsMandatoryElement || element.IsModifier)
            .Select(element => element.Name);
}
