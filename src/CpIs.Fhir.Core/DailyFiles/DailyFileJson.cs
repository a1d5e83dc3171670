using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>How a store keeps daily files. What was written stays readable: names are never used for something else.</summary>
public static class DailyFileJson
{
    /// <summary>A file.</summary>
    public static byte[] Write(DailyFile file) =>
        JsonSerializer.SerializeToUtf8Bytes(file, DailyFileJsonContext.Default.DailyFile);

    /// <summary>Reads back what <see cref="Write(DailyFile)"/> wrote.</summary>
    public static DailyFile ReadFile(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, DailyFileJsonContext.Default.DailyFile)!;

    /// <summary>What became of a record.</summary>
    public static byte[] Write(RecordOutcome outcome) =>
        JsonSerializer.SerializeToUtf8Bytes(outcome, DailyFileJsonContext.Default.RecordOutcome);

    /// <summary>Reads back what <see cref="Write(RecordOutcome)"/> wrote.</summary>
    public static RecordOutcome ReadOutcome(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, DailyFileJsonContext.Default.RecordOutcome)!;

    /// <summary>A slice: records, and how many of the part come before them.</summary>
    internal static byte[] WriteSlice(int before, IEnumerable<DailyRecord> records)
    {
        var buffer = new ArrayBufferWriter<byte>(256 * 1_024);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteNumber("b", before);
        json.WriteStartArray("r");
        foreach (var record in records)
            Write(json, record);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads back what <see cref="WriteSlice"/> wrote.</summary>
    internal static (int Before, IReadOnlyList<DailyRecord> Records) ReadSlice(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
        var root = document.RootElement;
        return (root.GetProperty("b").GetInt32(), [.. root.GetProperty("r").EnumerateArray().Select(Read)]);
    }

    /// <summary>A slice of plans that a full file leaves out.</summary>
    internal static byte[] Write(IReadOnlyList<MissingPlan> plans) =>
        JsonSerializer.SerializeToUtf8Bytes(plans, DailyFileJsonContext.Default.IReadOnlyListMissingPlan);

    /// <summary>Reads back what <see cref="Write(IReadOnlyList{MissingPlan})"/> wrote.</summary>
    internal static IReadOnlyList<MissingPlan> ReadMissing(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, DailyFileJsonContext.Default.IReadOnlyListMissingPlan)!;

    /// <summary>A slice of plans that a full file names in records that were refused.</summary>
    internal static byte[] Write(IReadOnlyList<RefusedPlan> plans) =>
        JsonSerializer.SerializeToUtf8Bytes(plans, DailyFileJsonContext.Default.IReadOnlyListRefusedPlan);

    /// <summary>Reads back what <see cref="Write(IReadOnlyList{RefusedPlan})"/> wrote.</summary>
    internal static IReadOnlyList<RefusedPlan> ReadRefused(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, DailyFileJsonContext.Default.IReadOnlyListRefusedPlan)!;

    private static void Write(Utf8JsonWriter json, DailyRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("f", (int)record.Position.Form);
        json.WriteNumber("n", record.Position.Number);
        json.WriteStartArray("e");
        foreach (var entry in record.Entries)
        {
            json.WriteStartObject();
            if (entry.FullUrl is not null)
                json.WriteString("u", entry.FullUrl);
            if (entry.Row is { } row)
                json.WriteNumber("w", row);
            json.WritePropertyName("r");
            json.WriteRawValue(entry.Resource.Span, skipInputValidation: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (record.Faults.Count > 0)
        {
            json.WritePropertyName("x");
            JsonSerializer.Serialize(json, record.Faults, DailyFileJsonContext.Default.IReadOnlyListIssue);
        }

        json.WriteEndObject();
    }

    private static DailyRecord Read(JsonElement json) =>
        new(
            new RecordPosition((RecordForm)json.GetProperty("f").GetInt32(), json.GetProperty("n").GetInt32()),
            [
                .. json.GetProperty("e")
                    .EnumerateArray()
                    .Select(entry => new DailyEntry(
                        BytesOf(entry.GetProperty("r")),
                        entry.TryGetProperty("u", out var url) ? url.GetString() : null
                    )
                    {
                        Row = entry.TryGetProperty("w", out var row) ? row.GetInt32() : null,
                    }),
            ]
        )
        {
            Faults = json.TryGetProperty("x", out var faults)
                ? faults.Deserialize(DailyFileJsonContext.Default.IReadOnlyListIssue)!
                : [],
        };

    private static byte[] BytesOf(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(DailyFile))]
[JsonSerializable(typeof(RecordOutcome))]
[JsonSerializable(typeof(IReadOnlyList<Issue>))]
[JsonSerializable(typeof(IReadOnlyList<MissingPlan>))]
[JsonSerializable(typeof(IReadOnlyList<RefusedPlan>))]
internal sealed partial class DailyFileJsonContext : JsonSerializerContext;
