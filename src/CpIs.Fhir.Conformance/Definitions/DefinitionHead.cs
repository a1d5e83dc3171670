using System.Text.Json;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>What a resource is, read from its first level without building anything of the rest.</summary>
/// <param name="ResourceType">Its type; null when it is not a resource.</param>
/// <param name="Id">Its id; known only when it is before the others, or when all was read.</param>
/// <param name="Url">Its canonical, where it has one.</param>
/// <param name="Version">Its business version, where it has one.</param>
internal readonly record struct DefinitionHead(string? ResourceType, string? Id, string? Url, string? Version)
{
    /// <summary>True for the types that validation stands on.</summary>
    public bool IsDefinition => ResourceType is "StructureDefinition" or "ValueSet" or "CodeSystem";

    /// <summary>Reads as far as it must, or to the end.</summary>
    /// <exception cref="JsonException">It is not JSON, as far as it was read.</exception>
    public static DefinitionHead Read(ReadOnlySpan<byte> json, bool toTheEnd = false)
    {
        var reader = new Utf8JsonReader(json);
        string? type = null,
            id = null,
            url = null,
            version = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return default;
        while (
            (toTheEnd || type is null || url is null || version is null)
            && reader.Read()
            && reader.TokenType == JsonTokenType.PropertyName
        )
        {
            ref var target = ref type;
            if (reader.ValueTextEquals("resourceType"u8)) { }
            else if (reader.ValueTextEquals("id"u8))
                target = ref id;
            else if (reader.ValueTextEquals("url"u8))
                target = ref url;
            else if (reader.ValueTextEquals("version"u8))
                target = ref version;
            else
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                target = reader.GetString();
            else
                reader.Skip();
        }

        // Only what stands behind the object is left; a reader that goes there finds text that should not be.
        if (toTheEnd)
            reader.Read();
        return new DefinitionHead(type, id, url, version);
    }
}
