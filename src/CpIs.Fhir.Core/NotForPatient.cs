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

    /// <summary>The mark of a plan of a family in flight, in <see cref="FhirSystems.Confidentiality"/> (design: "Protected plan").</summary>
    public const string ProtectedCode = "V";

    /// <summary>Writes <c>security</c> into the <c>meta</c> that is open.</summary>
    /// <param name="json">Where.</param>
    /// <param name="isProtected">True to write the mark of a protected plan too.</param>
    /// <param name="isLabelled">False to leave the label itself out.</param>
    public static void Write(Utf8JsonWriter json, bool isProtected = false, bool isLabelled = true)
    {
        if (!isProtected && !isLabelled)
            return;
        json.WriteStartArray("security");
        if (isLabelled)
            Write(json, FhirSystems.ActCode, Code);
        if (isProtected)
            Write(json, FhirSystems.Confidentiality, ProtectedCode);
        json.WriteEndArray();
    }

    /// <summary>
    /// True for a stored plan that has the label; those from before it have none. No text of a plan can look like it: a quotation
    /// mark inside JSON text is escaped.
    /// </summary>
    public static bool Labels(ReadOnlySpan<byte> compactJson) => compactJson.IndexOf("\"code\":\"NOPAT\""u8) >= 0;

    private static void Write(Utf8JsonWriter json, string system, string code)
    {
        json.WriteStartObject();
        json.WriteString("system", system);
        json.WriteString("code", code);
        json.WriteEndObject();
    }
}
