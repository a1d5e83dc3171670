using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Writes the answer to an upload (profile CPIS-Acknowledgement): one entry per entry of the upload, in its order, with
/// what became of it. It carries no personal data, so it can be kept and passed on.
/// </summary>
internal static class AcknowledgementWriter
{
    /// <summary>200 is also said of an update: only this tells an authority that what it sent was known already.</summary>
    private static readonly Issue Unchanged = new(
        "informational",
        "Unchanged: what was sent is what is held; no new version was made.",
        Severity: "information"
    );

    public static byte[] Write(IEnumerable<(UploadedResource Resource, Issue? Warning)> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(16_384);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteStartObject("meta");
        json.WriteStartArray("profile");
        json.WriteStringValue(FhirSystems.Profile("CPIS-Acknowledgement"));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("type", "transaction-response");
        json.WriteStartArray("entry");
        foreach (var (uploaded, warning) in entries)
        {
            var resource = uploaded.Resource;
            var version = resource.Version.ToString(CultureInfo.InvariantCulture);
            json.WriteStartObject();
            json.WriteStartObject("response");
            json.WriteString("status", uploaded.Effect == UploadEffect.Created ? "201 Created" : "200 OK");
            json.WriteString("location", $"{resource.Type}/{resource.Id}/_history/{version}");
            json.WriteString("etag", $"W/\"{version}\"");
            json.WriteString("lastModified", SearchsetWriter.Instant(resource.LastUpdated));
            Issue[] issues =
            [
                .. warning is null ? Array.Empty<Issue>() : [warning],
                .. uploaded.Effect == UploadEffect.Unchanged ? [Unchanged] : Array.Empty<Issue>(),
            ];
            if (issues.Length > 0)
            {
                json.WritePropertyName("outcome");
                OperationOutcomeWriter.Write(json, issues);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
