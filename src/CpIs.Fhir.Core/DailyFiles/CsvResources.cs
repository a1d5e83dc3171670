using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Writes the resources of a row of CSV, each with what could be read; the profiles judge the rest. One buffer serves a whole file. Not for use by
/// several threads.
/// </summary>
internal sealed class CsvResources(OdsCode authority) : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(2_048);
    private readonly Utf8JsonWriter _json = new(Stream.Null, Options);
    private readonly string _planSystem = FhirSystems.PlanId(authority);
    private readonly string _localSystem = FhirSystems.LocalPersonId(authority);

    /// <summary>A Patient. What is null or empty is left out.</summary>
    public byte[] Patient(string number, string? family, string? given, DateOnly? birthDate, string? localId)
    {
        Begin("Patient");
        _json.WriteStartArray("identifier");
        Identifier(FhirSystems.NhsNumber, number);
        if (localId is not null)
            Identifier(_localSystem, localId);
        _json.WriteEndArray();
        if (family is not null || given is not null)
        {
            _json.WriteStartArray("name");
            _json.WriteStartObject();
            if (family is not null)
                _json.WriteString("family", family);
            if (given is not null)
            {
                _json.WriteStartArray("given");
                _json.WriteStringValue(given);
                _json.WriteEndArray();
            }

            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        Day("birthDate", birthDate);
        return End();
    }

    /// <summary>An EpisodeOfCare. What is null or empty is left out.</summary>
    public byte[] Plan(
        string number,
        string? planId,
        PlanType? type,
        PlanStatus? status,
        DateOnly? start,
        DateOnly? end,
        bool isProtected
    )
    {
        Begin("EpisodeOfCare");
        if (isProtected)
        {
            _json.WriteStartObject("meta");
            NotForPatient.Write(_json, isProtected, isLabelled: false);
            _json.WriteEndObject();
        }

        _json.WriteStartArray("identifier");
        Identifier(_planSystem, planId ?? "");
        _json.WriteEndArray();
        if (status is { } stands)
            _json.WriteString("status", PlanCodes.EpisodeStatus(stands));
        if (type is not null)
        {
            _json.WriteStartArray("type");
            _json.WriteStartObject();
            _json.WriteStartArray("coding");
            _json.WriteStartObject();
            _json.WriteString("system", FhirSystems.Snomed);
            _json.WriteString("code", type.Code);
            _json.WriteEndObject();
            _json.WriteEndArray();
            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        _json.WriteStartObject("patient");
        _json.WriteString("reference", DailyRecord.PatientUrl);
        _json.WritePropertyName("identifier");
        Identifier(FhirSystems.NhsNumber, number);
        _json.WriteEndObject();
        _json.WriteStartObject("managingOrganization");
        _json.WritePropertyName("identifier");
        Identifier(FhirSystems.OdsOrganisation, authority.Value);
        _json.WriteEndObject();
        if (start is not null || end is not null)
        {
            _json.WriteStartObject("period");
            Day("start", start);
            Day("end", end);
            _json.WriteEndObject();
        }

        return End();
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();

    private void Begin(string type)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("resourceType", type);
    }

    private byte[] End()
    {
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    private void Identifier(string system, string value)
    {
        _json.WriteStartObject();
        _json.WriteString("system", system);
        if (value.Length > 0)
            _json.WriteString("value", value);
        _json.WriteEndObject();
    }

    private void Day(string name, DateOnly? day)
    {
        if (day is { } there)
            _json.WriteString(name, there.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }
}
