using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>Which version of which resource is written.</summary>
/// <param name="Id">FHIR id.</param>
/// <param name="Version">Version.</param>
/// <param name="LastUpdated">When.</param>
/// <param name="Labelled">False to write a plan as it was stored before plans were labelled (<see cref="NotForPatient"/>).</param>
internal readonly record struct ResourceVersion(
    string Id,
    int Version,
    DateTimeOffset LastUpdated,
    bool Labelled = true
)
{
    /// <summary>None: the form in which an authority sends a record, without what the server gives.</summary>
    public static ResourceVersion Sent => default(ResourceVersion) with { Labelled = true };
}

/// <summary>
/// Writes the three resources as they are stored and sent out: compact JSON, elements in the order of the specification.
/// Everything a resource may hold is in its content, so equal content gives equal bytes, which is how an unchanged
/// resource is known. One buffer serves a whole upload. Not for use by several threads.
/// </summary>
internal sealed class ResourceWriter(OdsCode authority, string? organizationId) : IDisposable
{
    // The answer is application/fhir+json with nosniff: accents need no escape.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(2_048);
    private readonly Utf8JsonWriter _json = new(Stream.Null, Options);
    private readonly string _planSystem = FhirSystems.PlanId(authority);
    private readonly string _localSystem = FhirSystems.LocalPersonId(authority);
    private readonly string? _organization = organizationId is null ? null : $"Organization/{organizationId}";

    /// <summary>A Patient; without the local id for a setting.</summary>
    public byte[] Patient(PatientContent patient, ResourceVersion version, bool forSetting)
    {
        Begin("Patient", "CPIS-Patient", version with { Labelled = false }, isProtected: false);
        _json.WriteStartArray("identifier");
        Identifier(FhirSystems.NhsNumber, patient.Number.Digits);
        if (patient.LocalId is { } local && !forSetting)
            Identifier(_localSystem, local);
        _json.WriteEndArray();
        _json.WriteStartArray("name");
        _json.WriteStartObject();
        _json.WriteString("family", patient.Family);
        _json.WriteStartArray("given");
        foreach (var given in patient.Given)
            _json.WriteStringValue(given);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteString("birthDate", patient.BirthDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Authority("managingOrganization");
        return End();
    }

    /// <summary>A Patient as its authority sends it.</summary>
    public byte[] Sent(PatientContent patient) => Patient(patient, ResourceVersion.Sent, forSetting: false);

    /// <summary>An EpisodeOfCare.</summary>
    public byte[] Episode(PlanContent plan, string patientId, ResourceVersion version) =>
        EpisodeOf(plan, $"Patient/{patientId}", version);

    /// <summary>An EpisodeOfCare as its authority sends it.</summary>
    /// <param name="plan">What it says.</param>
    /// <param name="patient">The reference to its Patient.</param>
    public byte[] Sent(PlanContent plan, string patient) => EpisodeOf(plan, patient, ResourceVersion.Sent);

    private byte[] EpisodeOf(PlanContent plan, string patient, ResourceVersion version)
    {
        Begin("EpisodeOfCare", "CPIS-EpisodeOfCare", version, plan.IsProtected);
        PlanIdentifier(plan);
        _json.WriteString("status", PlanCodes.EpisodeStatus(plan.Status));
        _json.WriteStartArray("type");
        Concept(FhirSystems.Snomed, plan.Type.Code, plan.Type.Display);
        _json.WriteEndArray();
        Child("patient", plan.Child, patient);
        Authority("managingOrganization");
        Period(plan);
        return End();
    }

    /// <summary>The Flag that stands for an EpisodeOfCare.</summary>
    public byte[] Flag(PlanContent plan, string patientId, string episodeId, ResourceVersion version)
    {
        Begin("Flag", "CPIS-Flag", version, plan.IsProtected);
        _json.WriteStartArray("extension");
        _json.WriteStartObject();
        _json.WriteString("url", FhirSystems.FlagDetail);
        _json.WriteStartObject("valueReference");
        _json.WriteString("reference", $"EpisodeOfCare/{episodeId}");
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndArray();
        PlanIdentifier(plan);
        _json.WriteString("status", PlanCodes.FlagStatus(plan.Status));
        _json.WriteStartArray("category");
        Concept(FhirSystems.FlagCategory, "safety", "Safety");
        _json.WriteEndArray();
        _json.WritePropertyName("code");
        Concept(FhirSystems.Snomed, plan.Type.Code, plan.Type.Display);
        Child("subject", plan.Child, $"Patient/{patientId}");
        Period(plan);
        Authority("author");
        return End();
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();

    private void Begin(string type, string profile, ResourceVersion version, bool isProtected)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("resourceType", type);
        if (version.Version > 0)
            _json.WriteString("id", version.Id);
        _json.WriteStartObject("meta");
        if (version.Version > 0)
        {
            _json.WriteString("versionId", version.Version.ToString(CultureInfo.InvariantCulture));
            _json.WriteString("lastUpdated", SearchsetWriter.Instant(version.LastUpdated));
        }

        _json.WriteStartArray("profile");
        _json.WriteStringValue(FhirSystems.Profile(profile));
        _json.WriteEndArray();
        NotForPatient.Write(_json, isProtected, version.Labelled);
        _json.WriteEndObject();
    }

    private byte[] End()
    {
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    private void PlanIdentifier(PlanContent plan)
    {
        _json.WriteStartArray("identifier");
        Identifier(_planSystem, plan.PlanId);
        _json.WriteEndArray();
    }

    private void Identifier(string system, string value)
    {
        _json.WriteStartObject();
        _json.WriteString("system", system);
        _json.WriteString("value", value);
        _json.WriteEndObject();
    }

    private void Concept(string system, string code, string display)
    {
        _json.WriteStartObject();
        _json.WriteStartArray("coding");
        _json.WriteStartObject();
        _json.WriteString("system", system);
        _json.WriteString("code", code);
        _json.WriteString("display", display);
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void Child(string element, NhsNumber child, string patient)
    {
        _json.WriteStartObject(element);
        _json.WriteString("reference", patient);
        _json.WritePropertyName("identifier");
        Identifier(FhirSystems.NhsNumber, child.Digits);
        _json.WriteEndObject();
    }

    private void Authority(string element)
    {
        _json.WriteStartObject(element);
        if (_organization is not null)
            _json.WriteString("reference", _organization);
        _json.WritePropertyName("identifier");
        Identifier(FhirSystems.OdsOrganisation, authority.Value);
        _json.WriteEndObject();
    }

    private void Period(PlanContent plan)
    {
        _json.WriteStartObject("period");
        _json.WriteString("start", plan.Start.Text);
        if (plan.End is { } end)
            _json.WriteString("end", end.Text);
        _json.WriteEndObject();
    }
}
