using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Reads;

/// <summary>Writes the history of one resource (R4 http.html#history): its versions, the newest first.</summary>
public static class HistoryWriter
{
    /// <summary>The Bundle.</summary>
    /// <param name="fhirBase">FHIR base without trailing slash.</param>
    /// <param name="id">Bundle id.</param>
    /// <param name="time">When the answer was made.</param>
    /// <param name="total">Versions on all pages; null where that is not known.</param>
    /// <param name="self">What was asked.</param>
    /// <param name="next">URL of the next page, or null.</param>
    /// <param name="versions">The versions of this page, the newest first.</param>
    public static ReadOnlyMemory<byte> Write(
        string fhirBase,
        string id,
        DateTimeOffset time,
        int? total,
        string self,
        string? next,
        IReadOnlyList<StoredResource> versions
    )
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("id", id);
        json.WriteStartObject("meta");
        json.WriteString("lastUpdated", SearchsetWriter.Instant(time));
        json.WriteEndObject();
        json.WriteString("type", "history");
        if (total is { } all)
            json.WriteNumber("total", all);
        json.WriteStartArray("link");
        SearchsetWriter.WriteLink(json, "self", self);
        if (next is not null)
            SearchsetWriter.WriteLink(json, "next", next);
        json.WriteEndArray();
        if (versions.Count > 0)
        {
            json.WriteStartArray("entry");
            foreach (var version in versions)
                Write(json, fhirBase, version);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, string fhirBase, StoredResource version)
    {
        var address = $"{version.Type}/{version.Id}";
        var isFirst = version.Version == 1;
        var (method, status) =
            version.IsDeleted ? ("DELETE", "204")
            : isFirst ? ("POST", "201")
            : ("PUT", "200");
        json.WriteStartObject();
        json.WriteString("fullUrl", $"{fhirBase}/{address}");
        if (!version.IsDeleted)
        {
            json.WritePropertyName("resource");
            json.WriteRawValue(version.Body.Span, skipInputValidation: true);
        }

        json.WriteStartObject("request");
        json.WriteString("method", method);
        json.WriteString("url", isFirst ? version.Type.ToString() : address);
        json.WriteEndObject();
        json.WriteStartObject("response");
        json.WriteString("status", status);
        json.WriteString("etag", string.Create(CultureInfo.InvariantCulture, $"W/\"{version.Version}\""));
        json.WriteString("lastModified", SearchsetWriter.Instant(version.LastUpdated));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
