using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Quality;

/// <summary>
/// A report as MeasureReport: numbers alone, whoever reads it. What they are about is in the CSV, which only the authority itself gets.
/// </summary>
public static class MeasureReportWriter
{
    /// <summary>The Measure that it reports on.</summary>
    public const string Measure = FhirSystems.Own + "/Measure/data-quality";

    private const string Codes = FhirSystems.Own + "/CodeSystem/quality-measure";

    /// <summary>One authority's report.</summary>
    public static byte[] Write(QualityReport report) => Write(json => Write(json, report));

    /// <summary>What there is before the first night: the same report, pending and without numbers.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="today">The London day.</param>
    /// <param name="now">The time of the answer.</param>
    public static byte[] Pending(OdsCode authority, DateOnly today, DateTimeOffset now) =>
        Write(json =>
        {
            Begin(json, "pending", authority.Value, today, now);
            json.WriteEndObject();
        });

    /// <summary>The reports of all authorities, in a collection.</summary>
    public static byte[] Write(IEnumerable<QualityReport> reports) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Bundle");
            json.WriteString("type", "collection");
            var entries = reports.ToList();
            if (entries.Count > 0)
                json.WriteStartArray("entry");
            foreach (var report in entries)
            {
                json.WriteStartObject();
                json.WriteString(
                    "fullUrl",
                    $"urn:uuid:{RepeatableId.Of("quality", report.Authority, Day(report.Day))}"
                );
                json.WritePropertyName("resource");
                Write(json, report);
                json.WriteEndObject();
            }

            if (entries.Count > 0)
                json.WriteEndArray();
            json.WriteEndObject();
        });

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(8_192);
        using var json = new Utf8JsonWriter(buffer);
        write(json);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, QualityReport report)
    {
        Begin(json, "complete", report.Authority, report.Day, report.AsOf);
        json.WriteStartArray("group");
        foreach (var (code, count, words) in QualityTable.Counts(report))
            Group(json, report, code, count, words);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string status, string authority, DateOnly day, DateTimeOffset date)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "MeasureReport");
        json.WriteString("status", status);
        json.WriteString("type", "summary");
        json.WriteString("measure", Measure);
        json.WriteString("date", SearchsetWriter.Instant(date));
        json.WriteStartObject("reporter");
        json.WriteStartObject("identifier");
        json.WriteString("system", FhirSystems.OdsOrganisation);
        json.WriteString("value", authority);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("period");
        json.WriteString("start", Day(day.AddDays(1 - QualityReport.KeptDays)));
        json.WriteString("end", Day(day));
        json.WriteEndObject();
    }

    private static void Group(Utf8JsonWriter json, QualityReport report, string code, int count, string words)
    {
        json.WriteStartObject();
        json.WritePropertyName("code");
        Coded(json, code, words);
        Population(json, count);
        if (code == "refused" && report.RefusedByRule() is { Count: > 0 } rules)
        {
            json.WriteStartArray("stratifier");
            Stratifier(json, "rule", rules.Select(rule => (rule.Rule, rule.Records)));
            Stratifier(json, "day", report.RefusedByDay().Select(day => (Day(day.Day), day.Refused)));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Stratifier(Utf8JsonWriter json, string by, IEnumerable<(string Value, int Count)> strata)
    {
        json.WriteStartObject();
        json.WriteStartArray("code");
        Coded(json, by, null);
        json.WriteEndArray();
        json.WriteStartArray("stratum");
        foreach (var (value, count) in strata)
        {
            json.WriteStartObject();
            json.WriteStartObject("value");
            json.WriteString("text", value);
            json.WriteEndObject();
            Population(json, count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Population(Utf8JsonWriter json, int count)
    {
        json.WriteStartArray("population");
        json.WriteStartObject();
        json.WriteNumber("count", count);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Coded(Utf8JsonWriter json, string code, string? words)
    {
        json.WriteStartObject();
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", Codes);
        json.WriteString("code", code);
        json.WriteEndObject();
        json.WriteEndArray();
        if (words is not null)
            json.WriteString("text", words);
        json.WriteEndObject();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
