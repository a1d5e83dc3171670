using System.Buffers;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Conformance.Capabilities;

/// <summary>Writes the CapabilityStatement of a running server from <see cref="CapabilityTable"/>.</summary>
public static class CapabilityStatementWriter
{
    /// <summary>The statement as UTF-8 JSON.</summary>
    /// <param name="baseUrl">FHIR base of this server.</param>
    /// <param name="tokenUrl">Where a client gets its token.</param>
    /// <param name="version">Version of the software.</param>
    /// <param name="date">When this version was published, as FHIR writes a date.</param>
    /// <param name="isCors">True when pages of other sites may call.</param>
    public static byte[] ToBytes(string baseUrl, string tokenUrl, string version, string date, bool isCors)
    {
        var buffer = new ArrayBufferWriter<byte>(8_192);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resourceType", "CapabilityStatement");
        json.WriteString("status", "active");
        json.WriteString("date", date);
        json.WriteString("publisher", "The CpIs.Fhir contributors");
        json.WriteString("kind", "instance");
        WriteStrings(
            json,
            "instantiates",
            FhirSystems.Own + "/CapabilityStatement/cpis-server",
            BackportCanonicals.Server
        );
        json.WriteStartObject("software");
        json.WriteString("name", "CpIs.Fhir");
        json.WriteString("version", version);
        json.WriteEndObject();
        json.WriteStartObject("implementation");
        json.WriteString("description", "Child Protection - Information Sharing. Not approved for real data.");
        json.WriteString("url", baseUrl);
        json.WriteEndObject();
        json.WriteString("fhirVersion", "4.0.1");
        WriteStrings(json, "format", "application/fhir+json", "application/fhir+xml");
        json.WriteStartArray("rest");
        json.WriteStartObject();
        json.WriteString("mode", "server");
        WriteSecurity(json, tokenUrl, isCors);
        json.WriteStartArray("resource");
        foreach (var resource in CapabilityTable.Resources)
            Write(json, resource);
        json.WriteEndArray();
        WriteInteractions(json, [CapabilityTable.Transaction]);
        WriteOperations(json, CapabilityTable.Operations);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSecurity(Utf8JsonWriter json, string tokenUrl, bool isCors)
    {
        json.WriteStartObject("security");
        // Clients of SMART App Launch 1 look here, those of version 2 in smart-configuration.
        json.WriteStartArray("extension");
        json.WriteStartObject();
        json.WriteStartArray("extension");
        json.WriteStartObject();
        json.WriteString("url", "token");
        json.WriteString("valueUri", tokenUrl);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("cors", isCors);
        json.WriteStartArray("service");
        json.WriteStartObject();
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", "http://terminology.hl7.org/CodeSystem/restful-security-service");
        json.WriteString("code", "SMART-on-FHIR");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString(
            "description",
            "OAuth 2.0 client credentials with private_key_jwt; see .well-known/smart-configuration. A look-up needs a person."
        );
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ResourceCapability resource)
    {
        json.WriteStartObject();
        if (resource.Type == "Subscription")
        {
            json.WriteStartArray("extension");
            foreach (var topic in TopicTable.All)
            {
                json.WriteStartObject();
                json.WriteString("url", BackportCanonicals.OfferedTopic);
                json.WriteString("valueCanonical", topic.Canonical);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteString("type", resource.Type);
        if (resource.Profiles.Count > 0)
            WriteStrings(json, "supportedProfile", [.. resource.Profiles]);
        WriteInteractions(json, resource.Interactions);
        if (resource.IsVersioned)
        {
            json.WriteString("versioning", "versioned");
            json.WriteBoolean("updateCreate", false);
        }

        if (resource.IsUploaded)
            json.WriteBoolean("conditionalCreate", true);
        if (resource.IsVersioned)
            json.WriteString("conditionalRead", "full-support");
        if (resource.IsUploaded)
            json.WriteBoolean("conditionalUpdate", true);
        if (resource is { IsUploaded: true, IsDeletable: true })
            json.WriteString("conditionalDelete", "single");
        if (resource.Includes.Count > 0)
            WriteStrings(json, "searchInclude", [.. resource.Includes]);
        if (resource.ReverseIncludes.Count > 0)
            WriteStrings(json, "searchRevInclude", [.. resource.ReverseIncludes]);
        if (resource.SearchParameters.Count > 0)
            WriteSearch(json, resource.SearchParameters);
        WriteOperations(json, resource.Operations);
        json.WriteEndObject();
    }

    private static void WriteOperations(Utf8JsonWriter json, IReadOnlyList<OperationCapability> operations)
    {
        if (operations.Count == 0)
            return;
        json.WriteStartArray("operation");
        foreach (var operation in operations)
        {
            json.WriteStartObject();
            json.WriteString("name", operation.Name);
            json.WriteString("definition", operation.Definition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSearch(Utf8JsonWriter json, IReadOnlyList<SearchCapability> parameters)
    {
        json.WriteStartArray("searchParam");
        foreach (var parameter in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("definition", parameter.Definition);
            json.WriteString("type", parameter.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteInteractions(Utf8JsonWriter json, IReadOnlyList<string> codes)
    {
        if (codes.Count == 0)
            return;
        json.WriteStartArray("interaction");
        foreach (var code in codes)
        {
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, params string[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
