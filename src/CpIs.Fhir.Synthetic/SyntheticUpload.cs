using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Synthetic;

/// <summary>Writes synthetic children as the Bundles in which an authority would send them (profile CPIS-Upload).</summary>
public static class SyntheticUpload
{
    /// <summary>Entries of a Bundle where nothing else is asked for: well under the server's limit of 300.</summary>
    public const int DefaultEntries = 200;

    /// <summary>The whole population, a Bundle at a time, as UTF-8 JSON.</summary>
    /// <param name="population">The children.</param>
    /// <param name="entries">Most entries of one Bundle; a child is never split.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Bundles(
        SyntheticPopulation population,
        int entries = DefaultEntries
    )
    {
        // The day begins in the past on whatever hour of it the Bundle is sent.
        var taken = LondonCalendar.StartOf(population.Today);
        var waiting = new List<SyntheticChild>();
        var count = 0;
        foreach (var child in population.Children())
        {
            if (count + 1 + child.Plans.Count > entries)
            {
                yield return Bundle(population.Authority, waiting, taken);
                waiting.Clear();
                count = 0;
            }

            waiting.Add(child);
            count += 1 + child.Plans.Count;
        }

        if (waiting.Count > 0)
            yield return Bundle(population.Authority, waiting, taken);
    }

    /// <summary>Some children of one authority as one transaction.</summary>
    /// <param name="authority">Whose children.</param>
    /// <param name="children">At least one.</param>
    /// <param name="taken">When the data was taken from the register (<c>Bundle.timestamp</c>); null leaves it out.</param>
    public static ReadOnlyMemory<byte> Bundle(
        OdsCode authority,
        IReadOnlyList<SyntheticChild> children,
        DateTimeOffset? taken = null
    )
    {
        var buffer = new ArrayBufferWriter<byte>(children.Count * 2_048);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteStartObject("meta");
        json.WriteStartArray("profile");
        json.WriteStringValue(FhirSystems.Profile("CPIS-Upload"));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("type", "transaction");
        if (taken is { } time)
            json.WriteString(
                "timestamp",
                time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            );
        json.WriteStartArray("entry");
        foreach (var child in children)
            WriteChild(json, authority, child, withRequests: true);

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>A child and its plans as one record of a daily file (profile CPIS-DailyRecord).</summary>
    /// <param name="authority">Whose child.</param>
    /// <param name="child">The child.</param>
    public static ReadOnlyMemory<byte> Record(OdsCode authority, SyntheticChild child)
    {
        ArgumentNullException.ThrowIfNull(child);
        var buffer = new ArrayBufferWriter<byte>(2_048);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "collection");
        json.WriteStartArray("entry");
        WriteChild(json, authority, child, withRequests: false);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteChild(Utf8JsonWriter json, OdsCode authority, SyntheticChild child, bool withRequests)
    {
        var patient = $"urn:uuid:{Uuid(child.NhsNumber.Digits)}";
        WritePatient(json, authority, child, patient);
        if (withRequests)
            WriteRequest(json, $"Patient?identifier={FhirSystems.NhsNumber}|{child.NhsNumber.Digits}");
        json.WriteEndObject();
        foreach (var plan in child.Plans)
        {
            WriteEpisode(json, authority, child, plan, patient);
            if (withRequests)
                WriteRequest(json, $"EpisodeOfCare?identifier={FhirSystems.PlanId(authority)}|{plan.PlanId}");
            json.WriteEndObject();
        }
    }

    private static void WritePatient(Utf8JsonWriter json, OdsCode authority, SyntheticChild child, string fullUrl)
    {
        json.WriteStartObject();
        json.WriteString("fullUrl", fullUrl);
        json.WriteStartObject("resource");
        json.WriteString("resourceType", "Patient");
        json.WriteStartArray("identifier");
        json.WriteStartObject();
        WriteIdentifier(json, FhirSystems.NhsNumber, child.NhsNumber.Digits);
        json.WriteEndObject();
        json.WriteStartObject();
        WriteIdentifier(json, FhirSystems.LocalPersonId(authority), child.LocalId);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("name");
        json.WriteStartObject();
        json.WriteString("family", child.Family);
        json.WriteStartArray("given");
        foreach (var given in child.Given)
            json.WriteStringValue(given);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("birthDate", Day(child.BirthDate));
        json.WriteEndObject();
    }

    private static void WriteEpisode(
        Utf8JsonWriter json,
        OdsCode authority,
        SyntheticChild child,
        SyntheticPlan plan,
        string patient
    )
    {
        var system = FhirSystems.PlanId(authority);
        json.WriteStartObject();
        json.WriteString("fullUrl", $"urn:uuid:{Uuid(plan.PlanId + authority)}");
        json.WriteStartObject("resource");
        json.WriteString("resourceType", "EpisodeOfCare");
        json.WriteStartArray("identifier");
        json.WriteStartObject();
        WriteIdentifier(json, system, plan.PlanId);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("status", plan.Status == PlanStatus.Finished ? "finished" : "active");
        json.WriteStartArray("type");
        json.WriteStartObject();
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", FhirSystems.Snomed);
        json.WriteString("code", plan.Type.Code);
        json.WriteString("display", plan.Type.Display);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("patient");
        json.WriteString("reference", patient);
        json.WriteStartObject("identifier");
        WriteIdentifier(json, FhirSystems.NhsNumber, child.NhsNumber.Digits);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("managingOrganization");
        json.WriteStartObject("identifier");
        WriteIdentifier(json, FhirSystems.OdsOrganisation, authority.Value);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("period");
        json.WriteString("start", Day(plan.Start));
        if (plan.End is { } end)
            json.WriteString("end", Day(end));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteIdentifier(Utf8JsonWriter json, string system, string value)
    {
        json.WriteString("system", system);
        json.WriteString("value", value);
    }

    private static void WriteRequest(Utf8JsonWriter json, string url)
    {
        json.WriteStartObject("request");
        json.WriteString("method", "PUT");
        json.WriteString("url", url);
        json.WriteEndObject();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // A UUID made from what it stands for: stable from run to run, and unique within a Bundle.
    private static Guid Uuid(string name)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
