using System.Text.Json;
using System.Text.Json.Serialization;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Tests.Definitions;

/// <summary>A model as text, so that two can be compared to the last property.</summary>
internal static class ModelText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        IncludeFields = true, // tuples
        Converters = { new NodeConverter() },
    };

    public static string Of<T>(T model) => JsonSerializer.Serialize(model, Options);

    private sealed class NodeConverter : JsonConverter<FhirNode>
    {
        public override FhirNode Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, FhirNode node, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString(node.Name, $"{node.Value} {node.Form} {node.Index} {node.Parent?.Name}");
            writer.WritePropertyName("children");
            JsonSerializer.Serialize(writer, node.Children, options);
            writer.WriteEndObject();
        }
    }
}
