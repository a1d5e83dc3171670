using System.Buffers;
using System.Text.Json;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// What an answer shows of all protected plans of a child together: that a protected record is held, and whom to phone. However many
/// there are, and whosesoever: authority, type, dates and history would say where a family in flight is.
/// </summary>
/// <param name="Id">Made for this answer alone, so that it cannot be matched with another one.</param>
/// <param name="Phone">The exchange's one number.</param>
public sealed record ProtectedRecord(string Id, string Phone)
{
    /// <summary>As the Flag that the answer has (profile CPIS-ProtectedFlag).</summary>
    /// <param name="child">Who was asked for.</param>
    public byte[] ToFlag(NhsNumber child) =>
        Write(
            "Flag",
            json =>
            {
                json.WriteStartArray("category");
                json.WriteStartObject();
                json.WriteStartArray("coding");
                json.WriteStartObject();
                json.WriteString("system", FhirSystems.FlagCategory);
                json.WriteString("code", "safety");
                json.WriteString("display", "Safety");
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WritePropertyName("code");
                WriteText(json);
                WriteChild(json, "subject", child);
            }
        );

    /// <summary>As the EpisodeOfCare that the answer has (profile CPIS-ProtectedEpisodeOfCare).</summary>
    /// <param name="child">Who was asked for.</param>
    public byte[] ToEpisode(NhsNumber child) =>
        Write(
            "EpisodeOfCare",
            json =>
            {
                json.WriteStartArray("type");
                WriteText(json);
                json.WriteEndArray();
                WriteChild(json, "patient", child);
            }
        );

    private byte[] Write(string type, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("resourceType", type);
        json.WriteString("id", Id);
        json.WriteStartObject("meta");
        json.WriteStartArray("profile");
        json.WriteStringValue(FhirSystems.Profile($"CPIS-Protected{type}"));
        json.WriteEndArray();
        NotForPatient.Write(json, isProtected: true);
        json.WriteEndObject();
        // Also of one that has ended: no more is said than that it is held.
        json.WriteString("status", "active");
        write(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteText(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("text", AnswerTexts.Protected(Phone));
        json.WriteEndObject();
    }

    private static void WriteChild(Utf8JsonWriter json, string element, NhsNumber child)
    {
        json.WriteStartObject(element);
        json.WriteStartObject("identifier");
        json.WriteString("system", FhirSystems.NhsNumber);
        json.WriteString("value", child.Digits);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
