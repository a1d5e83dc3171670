using System.Text.Json;

namespace CpIs.Fhir.Core;

/// <summary>
/// The security label "do not show to patient or family" of plans, look-up answers and notices (design: "Not for the patient's
/// eyes"). It hides nothing here: it speaks to the systems that an answer travels on to, such as a patient's own app.
/// </summary>
internal static class NotForPatient
{
    /// <summary>The code, in <see cref="FhirSystems.ActCode"/>.</summary>
    public const string Code = "NOPAT";

    /// <summary>Writes <c>security</c> into the <c>meta</c> that is open.</summary>
    public static void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("security");
        json.WriteStartObject();
        json.WriteString("system", FhirSystems.ActCode);
        json.WriteString("code", Code);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>
    /// True for a stored plan that has the label; those from before it have none. No text of a plan can look like it: a quotation
    /// mark inside JSON text is escaped.
    /// </summary>
    public static bool Labels(ReadOnlySpan<byte> compactJson) => compactJson.IndexOf("\"code\":\"NOPAT\""u8) >= 0;
}
