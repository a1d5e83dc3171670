using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>The transaction that one resource becomes, and what is said of its entry as what is said of the resource.</summary>
internal static class OneEntry
{
    private const string Entry = "Bundle.entry[0]";
    private const string Resource = Entry + ".resource";

    /// <summary>The transaction.</summary>
    /// <param name="resource">The resource, which is JSON.</param>
    /// <param name="url">Type and identifier.</param>
    /// <param name="ifMatch">The version that must be current, or null.</param>
    public static byte[] Bundle(ReadOnlyMemory<byte> resource, string url, int? ifMatch)
    {
        var buffer = new ArrayBufferWriter<byte>(resource.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "transaction");
        json.WriteStartArray("entry");
        json.WriteStartObject();
        json.WriteString("fullUrl", "urn:uuid:00000000-0000-4000-8000-000000000001");
        json.WritePropertyName("resource");
        json.WriteRawValue(resource.Span, skipInputValidation: true);
        json.WriteStartObject("request");
        json.WriteString("method", "PUT");
        json.WriteString("url", url);
        if (ifMatch is { } version)
            json.WriteString("ifMatch", string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\""));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An issue about the entry as one about the resource.</summary>
    public static Issue OfResource(Issue issue, RecordType type) =>
        issue with
        {
            Expression = issue.Expression is { } place ? Place(place, type) : null,
            Diagnostics = issue.Rule is "cpis-patient-without-plan" or UploadAgreement.References
                ? $"{issue.Diagnostics} Send a new child with its plan in one transaction: POST a Bundle to the FHIR base."
                : issue.Diagnostics,
        };

    /// <summary>An OperationOutcome about the entry as one about the resource.</summary>
    public static byte[] OfResource(JsonNode outcome, RecordType type)
    {
        foreach (var issue in outcome["issue"]!.AsArray())
            if (issue!["expression"] is JsonArray { Count: > 0 } expression)
                expression[0] = Place((string)expression[0]!, type);
        return JsonSerializer.SerializeToUtf8Bytes(outcome);
    }

    private static string Place(string place, RecordType type) =>
        place switch
        {
            _ when place.StartsWith(Resource, StringComparison.Ordinal) => type + place[Resource.Length..],
            Entry + ".request.ifMatch" => "http.If-Match",
            Entry + ".request.url" => "identifier",
            _ when place.StartsWith("Bundle", StringComparison.Ordinal) || place == "$this" => type.ToString(),
            _ => place,
        };
}
