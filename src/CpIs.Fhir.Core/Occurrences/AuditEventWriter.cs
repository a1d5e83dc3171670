using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Occurrences;

/// <summary>
/// Shows an occurrence to the outside as an AuditEvent (profile CPIS-AuditEvent, after the patient query of the IHE Basic
/// Audit Log Patterns). It is a projection: nothing is stored for it, and each reader sees what they may.
/// </summary>
public static class AuditEventWriter
{
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";
    private const string EntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private const string ObjectRole = "http://terminology.hl7.org/CodeSystem/object-role";

    /// <summary>Code system of what is told on a topic other than an access.</summary>
    private const string ToldSystem = FhirSystems.Own + "/CodeSystem/occurrence";

    /// <summary>Identifier system of client ids.</summary>
    public const string ClientSystem = FhirSystems.Own + "/Id/client";

    /// <summary>The AuditEvent as one reader may see it.</summary>
    /// <param name="occurrence">What happened.</param>
    /// <param name="baseUrl">FHIR base, which names this server.</param>
    /// <param name="reader">
    /// A setting sees who, when and where (the history); an authority sees also which of its own plans were shown; an
    /// operator sees who, when and how it ended, but no child, no plan and no question. Null for a setting.
    /// </param>
    public static byte[] ToBytes(Occurrence occurrence, string baseUrl, Caller? reader)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            Write(json, occurrence, baseUrl, reader);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>How it ended: <c>0</c>, or <c>4</c> for what was refused.</summary>
    internal static string Outcome(Occurrence occurrence) => occurrence.Outcome == AccessOutcome.Refused ? "4" : "0";

    /// <summary>The attendance that a reader sees it in: an authority its own, and nobody else any.</summary>
    internal static AttendancePart? AttendanceFor(Occurrence occurrence, Caller reader) =>
        reader.Kind == CallerKind.Authority && occurrence.Kind == OccurrenceKind.Access
            ? occurrence.AttendanceOf(reader.Organisation)
            : null;

    /// <summary>The plans that it tells of: what an access showed, or what another kind obliges to tell of.</summary>
    internal static IEnumerable<ShownPlan> PlansOf(Occurrence occurrence) =>
        occurrence.Kind == OccurrenceKind.Access
            ? occurrence.Shown
            : occurrence.Obligations.SelectMany(obligation => obligation.Plans);

    /// <summary>The version of a plan that was shown.</summary>
    internal static string Reference(ShownPlan plan) =>
        string.Create(CultureInfo.InvariantCulture, $"EpisodeOfCare/{plan.EpisodeId}/_history/{plan.EpisodeVersion}");

    private static void Write(Utf8JsonWriter json, Occurrence occurrence, string baseUrl, Caller? reader)
    {
        var isAccess = occurrence.Kind == OccurrenceKind.Access;
        var isOperator = reader?.Kind == CallerKind.Operator;
        // What an authority uploaded is told to it in numbers.
        var reason =
            isOperator || occurrence is { Kind: OccurrenceKind.Upload, Obligations.Count: > 0 }
                ? occurrence.Reason
                : null;
        json.WriteStartObject();
        json.WriteString("resourceType", "AuditEvent");
        json.WriteString("id", occurrence.Id);
        // The profile is what the outside sees: with the child, and never with the reason of an access.
        var told = Told(occurrence);
        if (isAccess && !isOperator)
        {
            json.WriteStartObject("meta");
            json.WriteStartArray("profile");
            json.WriteStringValue(FhirSystems.Profile("CPIS-AuditEvent"));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WritePropertyName("type");
        WriteCoding(json, "http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation");
        json.WriteStartArray("subtype");
        WriteCoding(
            json,
            "http://hl7.org/fhir/restful-interaction",
            occurrence.Kind switch
            {
                OccurrenceKind.Access => "search-type",
                OccurrenceKind.Upload when occurrence.Interaction is "create" or "update" or "delete" =>
                    occurrence.Interaction,
                OccurrenceKind.Upload => "transaction",
                OccurrenceKind.Read when occurrence.Interaction.EndsWith("/_history", StringComparison.Ordinal) =>
                    "history-instance",
                OccurrenceKind.Read => occurrence.Interaction.Contains('/', StringComparison.Ordinal)
                    ? "read"
                    : "search-type",
                _ => "operation",
            },
            null
        );
        if (told is not null)
            WriteCoding(json, ToldSystem, told, null);
        if (occurrence.Mode is { } mode)
            WriteCoding(
                json,
                FhirSystems.AccessMode,
                mode == LookUpMode.Unscheduled ? "unscheduled" : "scheduled",
                null
            );
        json.WriteEndArray();
        json.WriteString("action", "E");
        if (occurrence.Appointment is { } appointment)
        {
            json.WriteStartObject("period");
            json.WriteString("start", SearchsetWriter.Instant(appointment));
            json.WriteEndObject();
        }

        json.WriteString("recorded", SearchsetWriter.Instant(occurrence.Time));
        json.WriteString("outcome", Outcome(occurrence));
        if (reason is not null)
            json.WriteString("outcomeDesc", reason);
        WriteAgents(json, occurrence, baseUrl, reader);
        json.WriteStartObject("source");
        json.WriteStartObject("observer");
        WriteIdentifier(json, "urn:ietf:rfc:3986", baseUrl);
        json.WriteEndObject();
        json.WriteEndObject();
        WriteEntities(json, occurrence, reader);
        json.WriteEndObject();
    }

    private static void WriteAgents(Utf8JsonWriter json, Occurrence occurrence, string baseUrl, Caller? reader)
    {
        json.WriteStartArray("agent");
        if (reader is not null)
            WriteAgent(json, Dicom, "110153", "Source Role ID", ClientSystem, occurrence.ClientId, null);
        WriteAgent(json, Dicom, "110152", "Destination Role ID", "urn:ietf:rfc:3986", baseUrl, null);
        if (occurrence.Person is { } person)
        {
            json.WriteStartObject();
            WriteConcept(
                json,
                "type",
                "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                "IRCP",
                "information recipient"
            );
            json.WriteStartArray("role");
            json.WriteStartObject();
            WriteCodings(json, FhirSystems.SdsJobRole, person.RoleCode, person.RoleName);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("who");
            WriteIdentifier(json, FhirSystems.SdsUser, person.SdsUserId);
            json.WriteEndObject();
            json.WriteString("name", person.Name);
            json.WriteBoolean("requestor", true);
            json.WriteEndObject();
        }

        WriteAgent(
            json,
            "http://terminology.hl7.org/CodeSystem/v3-RoleClass",
            "PROV",
            "healthcare provider",
            FhirSystems.OdsOrganisation,
            occurrence.Organisation.Value,
            occurrence.OrganisationName,
            occurrence.OrganisationPhone
        );
        json.WriteEndArray();
    }

    private static void WriteEntities(Utf8JsonWriter json, Occurrence occurrence, Caller? reader)
    {
        json.WriteStartArray("entity");
        var tellsChild = reader?.Kind != CallerKind.Operator;
        if (tellsChild && occurrence.Child is { } child)
        {
            BeginEntity(json);
            json.WriteString("type", "Patient");
            WriteIdentifier(json, FhirSystems.NhsNumber, child.Digits);
            EndWhat(json, (EntityType, "1", "Person"), (ObjectRole, "1", "Patient"));
        }

        if (reader is null)
        {
            json.WriteEndArray();
            return;
        }

        if (tellsChild && occurrence.Query is { } query)
        {
            json.WriteStartObject();
            json.WritePropertyName("type");
            WriteCoding(json, EntityType, "2", "System Object");
            json.WritePropertyName("role");
            WriteCoding(json, ObjectRole, "24", "Query");
            json.WriteBase64String("query", Encoding.UTF8.GetBytes($"{occurrence.Interaction}?{query}"));
            json.WriteEndObject();
        }

        BeginEntity(json);
        WriteIdentifier(json, FhirSystems.Transaction, occurrence.RequestId);
        EndWhat(json, ("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId", null), null);

        if (AttendanceFor(occurrence, reader) is { } attendance)
        {
            BeginEntity(json);
            WriteIdentifier(json, FhirSystems.Attendance, attendance.Opener);
            EndWhat(
                json,
                ("http://hl7.org/fhir/resource-types", "Encounter", null),
                (ObjectRole, "4", "Domain Resource")
            );
        }

        if (occurrence is { Kind: OccurrenceKind.Upload, Obligations.Count: > 0 })
            WriteUpload(json, occurrence);
        foreach (var plan in PlansOf(occurrence))
        {
            if (plan.Authority != reader.Organisation)
                continue;
            BeginEntity(json);
            json.WriteString("reference", Reference(plan));
            EndWhat(
                json,
                ("http://hl7.org/fhir/resource-types", "EpisodeOfCare", null),
                (ObjectRole, "4", "Domain Resource")
            );
        }

        json.WriteEndArray();
    }

    /// <summary>What is told on a topic of its own: the word by which a reader tells it from an access; null for an access.</summary>
    private static string? Told(Occurrence occurrence) =>
        occurrence.Kind switch
        {
            OccurrenceKind.MissedAppointment => "missed-appointment",
            OccurrenceKind.InactiveNumber => occurrence.Interaction,
            OccurrenceKind.Upload when occurrence.Obligations.Count > 0 => "upload-processed",
            _ => null,
        };

    /// <summary>How the upload ended, and its own stamp, by which its sender finds the file.</summary>
    private static void WriteUpload(Utf8JsonWriter json, Occurrence occurrence)
    {
        if (occurrence.Upload is not { } upload)
            return;
        json.WriteStartObject();
        json.WritePropertyName("type");
        WriteCoding(json, EntityType, "2", "System Object");
        json.WriteStartArray("detail");
        Detail("verdict", VerdictOf(upload.Verdict));
        Detail("stamp", SearchsetWriter.Instant(upload.Time));
        Detail("sequence", upload.Sequence.ToString(CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteEndObject();

        void Detail(string type, string value)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("valueString", value);
            json.WriteEndObject();
        }
    }

    private static string VerdictOf(UploadVerdict verdict) =>
        verdict switch
        {
            UploadVerdict.Taken => "taken",
            UploadVerdict.TakenInPart => "taken-in-part",
            UploadVerdict.Refused => "refused",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

    private static void BeginEntity(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("what");
    }

    private static void EndWhat(
        Utf8JsonWriter json,
        (string System, string Code, string? Display) type,
        (string System, string Code, string? Display)? role
    )
    {
        json.WriteEndObject();
        json.WritePropertyName("type");
        WriteCoding(json, type.System, type.Code, type.Display);
        if (role is { } r)
        {
            json.WritePropertyName("role");
            WriteCoding(json, r.System, r.Code, r.Display);
        }

        json.WriteEndObject();
    }

    private static void WriteAgent(
        Utf8JsonWriter json,
        string typeSystem,
        string type,
        string typeDisplay,
        string system,
        string value,
        string? display,
        string? phone = null
    )
    {
        json.WriteStartObject();
        WriteConcept(json, "type", typeSystem, type, typeDisplay);
        json.WriteStartObject("who");
        WriteIdentifier(json, system, value);
        if (display is not null)
            json.WriteString("display", display);
        json.WriteEndObject();
        json.WriteBoolean("requestor", false);
        if (phone is not null)
        {
            json.WriteStartObject("network");
            json.WriteString("address", phone);
            json.WriteString("type", "3"); // Telephone number.
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteConcept(Utf8JsonWriter json, string name, string system, string code, string? display)
    {
        json.WriteStartObject(name);
        WriteCodings(json, system, code, display);
        json.WriteEndObject();
    }

    private static void WriteCodings(Utf8JsonWriter json, string system, string code, string? display)
    {
        json.WriteStartArray("coding");
        WriteCoding(json, system, code, display);
        json.WriteEndArray();
    }

    private static void WriteCoding(Utf8JsonWriter json, string system, string code, string? display)
    {
        json.WriteStartObject();
        json.WriteString("system", system);
        json.WriteString("code", code);
        if (display is not null)
            json.WriteString("display", display);
        json.WriteEndObject();
    }

    private static void WriteIdentifier(Utf8JsonWriter json, string system, string value)
    {
        json.WriteStartObject("identifier");
        json.WriteString("system", system);
        json.WriteString("value", value);
        json.WriteEndObject();
    }
}
