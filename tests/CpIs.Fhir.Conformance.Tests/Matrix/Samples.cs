using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Tests.Matrix;

/// <summary>A value of each type, right in itself, to be put where it does not belong.</summary>
internal static class Samples
{
    public static JsonNode Of(TypeModel? type) =>
        type?.Code switch
        {
            "boolean" => JsonValue.Create(true),
            "integer" or "positiveInt" or "unsignedInt" => JsonValue.Create(1),
            "decimal" => JsonValue.Create(1.5m),
            "date" => "2020-01-01",
            "dateTime" => "2020-01-01",
            "instant" => "2020-01-01T00:00:00Z",
            "time" => "10:00:00",
            "uri" or "url" or "canonical" => "https://example.org/x",
            "uuid" => "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
            "oid" => "urn:oid:1.2.3",
            "base64Binary" => "AAAA",
            "code" or "id" => "en",
            "string" or "markdown" => "x",
            "CodeableConcept" or "Annotation" => new JsonObject { ["text"] = "x" },
            "Coding" => new JsonObject { ["system"] = "https://example.org/x", ["code"] = "x" },
            "Identifier" => new JsonObject { ["system"] = "https://example.org/x", ["value"] = "x" },
            "Reference" => new JsonObject { ["display"] = "x" },
            "Period" => new JsonObject { ["start"] = "2020-01-01" },
            "HumanName" => new JsonObject { ["family"] = "Synthetic" },
            "ContactPoint" => new JsonObject { ["system"] = "phone", ["value"] = "01632 960000" },
            "Address" => new JsonObject { ["city"] = "x" },
            "Attachment" => new JsonObject { ["title"] = "x" },
            "Extension" => new JsonObject { ["url"] = "https://example.org/unknown", ["valueString"] = "x" },
            "Meta" => new JsonObject { ["versionId"] = "1" },
            "Narrative" => new JsonObject
            {
                ["status"] = "generated",
                ["div"] = "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>",
            },
            "Resource" => new JsonObject
            {
                ["resourceType"] = "Basic",
                ["code"] = new JsonObject { ["text"] = "x" },
            },
            _ => new JsonObject { ["id"] = "x" },
        };

    /// <summary>A literal that is not written as the type demands; null where every text is right.</summary>
    public static JsonNode? Malformed(string type) =>
        type switch
        {
            "date" or "dateTime" => "2020-02-30",
            "instant" => "2020-01-01",
            "time" => "25:00:00",
            "uri" or "url" or "canonical" => "not a uri",
            "oid" => "1.2.3",
            "base64Binary" => "A",
            "code" => " padded ",
            "id" => "no spaces",
            "string" or "markdown" => " ",
            "positiveInt" => JsonValue.Create(0),
            "unsignedInt" => JsonValue.Create(-1),
            "integer" => JsonValue.Create(1.5m),
            _ => null,
        };
}
