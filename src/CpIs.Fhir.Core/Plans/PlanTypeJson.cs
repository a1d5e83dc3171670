using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Plans;

/// <summary>A <see cref="PlanType"/> by its name, as stored documents hold it.</summary>
public sealed class PlanTypeJson : JsonConverter<PlanType>
{
    /// <inheritdoc />
    public override PlanType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        PlanTypes.FromName(reader.GetString())
        ?? throw new JsonException("A plan type that this version does not know.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, PlanType value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
