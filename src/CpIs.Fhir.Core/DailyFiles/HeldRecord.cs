using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Core.Holdings;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// What is held of a child in the form in which its authority sends it (profile CPIS-DailyRecord), without what the server gives. Sent again
/// it says nothing new.
/// </summary>
public static class HeldRecord
{
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The record: one JSON object on one line.</summary>
    public static ReadOnlyMemory<byte> Line(HeldChild child)
    {
        ArgumentNullException.ThrowIfNull(child);
        using var writer = new ResourceWriter(child.Patient.Authority, organizationId: null);
        var buffer = new ArrayBufferWriter<byte>(2_048);
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "collection");
        json.WriteStartArray("entry");
        Add(writer.Sent(UploadSnapshot.ReadPatient(child.Patient)), 0);
        for (var i = 0; i < child.Plans.Count; i++)
            Add(writer.Sent(UploadSnapshot.ReadPlan(child.Plans[i]), DailyRecord.PatientUrl), i + 1);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;

        void Add(byte[] resource, int index)
        {
            json.WriteStartObject();
            json.WriteString("fullUrl", DailyRecord.UrlOf(index));
            json.WritePropertyName("resource");
            json.WriteRawValue(resource, skipInputValidation: true);
            json.WriteEndObject();
        }
    }
}
