using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// Shows a registered authority or setting as a FHIR Organization (profiles CPIS-Authority and CPIS-Setting): name, ODS
/// code, and for an authority the two phones that a clinician rings.
/// </summary>
public static class OrganisationResource
{
    /// <summary>The resource without a version, as it stands in the answer to a look-up.</summary>
    /// <exception cref="InvalidOperationException">The organisation has no <see cref="Organisation.ResourceId"/>.</exception>
    public static byte[] ToBytes(Organisation organisation) => Write(organisation, null, default);

    /// <summary>The resource as it is stored.</summary>
    public static byte[] ToBytes(Organisation organisation, int version, DateTimeOffset lastUpdated) =>
        Write(organisation, version, lastUpdated);

    /// <summary>The search values that are stored with it.</summary>
    public static IReadOnlyList<string> Tokens(Organisation organisation) =>
        [
            SearchTokens.Identifier("identifier", FhirSystems.OdsOrganisation, organisation.Code.Value),
            SearchTokens.Text("name", organisation.Name),
        ];

    private static byte[] Write(Organisation organisation, int? version, DateTimeOffset lastUpdated)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resourceType", "Organization");
        json.WriteString(
            "id",
            organisation.ResourceId
                ?? throw new InvalidOperationException("This organisation is not shown as a resource.")
        );
        json.WriteStartObject("meta");
        if (version is { } number)
        {
            json.WriteString("versionId", number.ToString(CultureInfo.InvariantCulture));
            json.WriteString("lastUpdated", SearchsetWriter.Instant(lastUpdated));
        }

        json.WriteStartArray("profile");
        json.WriteStringValue(
            FhirSystems.Profile(organisation.Kind == CallerKind.Setting ? "CPIS-Setting" : "CPIS-Authority")
        );
        json.WriteEndArray();
        json.WriteEndObject();
        if (organisation.Kind == CallerKind.Setting)
            WriteSetting(json, organisation);
        json.WriteStartArray("identifier");
        json.WriteStartObject();
        json.WriteString("system", FhirSystems.OdsOrganisation);
        json.WriteString("value", organisation.Code.Value);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("name", organisation.Name);
        if (organisation.Kind == CallerKind.Authority)
            WritePhones(json, organisation);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSetting(Utf8JsonWriter json, Organisation organisation)
    {
        json.WriteStartArray("extension");
        if (organisation.SettingKind is { } kind)
            WriteCode(json, FhirSystems.SettingKind, kind);
        foreach (var mode in organisation.ModeRights)
            WriteCode(json, FhirSystems.ModeRight, mode == LookUpMode.Unscheduled ? "unscheduled" : "scheduled");
        json.WriteEndArray();
    }

    private static void WriteCode(Utf8JsonWriter json, string url, string code)
    {
        json.WriteStartObject();
        json.WriteString("url", url);
        json.WriteString("valueCode", code);
        json.WriteEndObject();
    }

    private static void WritePhones(Utf8JsonWriter json, Organisation organisation)
    {
        json.WriteStartArray("telecom");
        if (organisation.OfficePhone is { } office)
            WritePhone(json, office, "work", 1, emergencyDuty: false);
        if (organisation.EmergencyDutyPhone is { } duty)
            WritePhone(json, duty, "mobile", 2, emergencyDuty: true);
        json.WriteEndArray();
    }

    private static void WritePhone(Utf8JsonWriter json, string number, string use, int rank, bool emergencyDuty)
    {
        json.WriteStartObject();
        if (emergencyDuty)
        {
            json.WriteStartArray("extension");
            json.WriteStartObject();
            json.WriteString("url", FhirSystems.EmergencyDuty);
            json.WriteBoolean("valueBoolean", true);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("system", "phone");
        json.WriteString("value", number);
        json.WriteString("use", use);
        json.WriteNumber("rank", rank);
        json.WriteEndObject();
    }
}
