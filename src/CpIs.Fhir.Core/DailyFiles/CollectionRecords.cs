using System.Text.Json;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// A daily file as one Bundle (profile CPIS-DailyFile): type collection, its number and time, and in each entry a record, which is a Bundle
/// of its own. What is wrong with a record is a fault of the record; what is wrong with the file ends it.
/// </summary>
/// <param name="Sequence">Text of <c>identifier.value</c>; null where there is none.</param>
/// <param name="Made">Text of <c>timestamp</c>; null where there is none.</param>
/// <param name="Records">The records, in order.</param>
public sealed record CollectionRecords(string? Sequence, string? Made, IReadOnlyList<DailyRecord> Records)
{
    private const string Rule = "cpis-daily-file";

    /// <summary>The file, or why it is none (CPF01).</summary>
    /// <param name="json">The whole body.</param>
    public static Result<CollectionRecords> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ReadBundle(json);
        }
        catch (JsonException fault)
        {
            return Refusal.Because(
                RefusalKind.Malformed,
                new Issue(
                    "structure",
                    "The file cannot be read: it is not complete JSON. Check that it was not cut off, and send it again.",
                    "Bundle",
                    SpineCodes.InvalidValue,
                    Rule: Rule
                )
                {
                    Position = fault is { LineNumber: { } line, BytePositionInLine: { } column }
                        ? ((int)line + 1, (int)column + 1)
                        : null,
                }
            );
        }
    }

    private static Result<CollectionRecords> ReadBundle(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 64 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        string? resourceType = null;
        string? type = null;
        string? sequence = null;
        string? made = null;
        var faults = new List<Issue>();
        var records = new List<DailyRecord>();
        while (RecordReading.Next(ref reader) is { } name)
            switch (name)
            {
                case "resourceType":
                    resourceType = RecordReading.TextOf(ref reader);
                    break;
                case "type":
                    type = RecordReading.TextOf(ref reader);
                    break;
                case "timestamp":
                    made = RecordReading.TextOf(ref reader) ?? "";
                    break;
                case "identifier" when reader.TokenType == JsonTokenType.StartObject:
                    while (RecordReading.Next(ref reader) is { } part)
                        if (part == "value")
                            sequence = RecordReading.TextOf(ref reader) ?? "";
                        else
                            reader.Skip();
                    break;
                case "entry" when reader.TokenType == JsonTokenType.StartArray:
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        records.Add(ReadEntry(ref reader, json, records.Count));
                    break;
                case "id" or "meta":
                    reader.Skip();
                    break;
                default:
                    faults.Add(Fault($"A daily file has no element {Shown.Value(name)}. Leave it out.", "Bundle"));
                    reader.Skip();
                    break;
            }

        if (reader.Read())
            throw new JsonException();
        if (resourceType != "Bundle" || type != "collection")
            faults.Insert(
                0,
                Fault(
                    $"A daily file is a Bundle of type collection, with a record in each entry. Sent: {Shown.Value(resourceType ?? "no resource")}{(type is null ? "" : $" of type {Shown.Value(type)}")}. A transaction goes to the FHIR base.",
                    "Bundle.type"
                )
            );
        return faults.Count > 0
            ? new Refusal(RefusalKind.Rule, faults)
            : new CollectionRecords(sequence, made, records);
    }

    private static DailyRecord ReadEntry(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, int index)
    {
        ReadOnlyMemory<byte> resource = default;
        var others = new List<string>();
        if (reader.TokenType == JsonTokenType.StartObject)
            while (RecordReading.Next(ref reader) is { } name)
                if (name == "resource" && reader.TokenType == JsonTokenType.StartObject)
                    resource = RecordReading.ValueOf(ref reader, json);
                else
                {
                    if (name != "fullUrl")
                        others.Add(name);
                    reader.Skip();
                }
        else
            reader.Skip();

        var position = new RecordPosition(RecordForm.Entry, index);
        var record = resource.IsEmpty ? new DailyRecord(position, []) : RecordReading.Read(position, resource);
        return (resource.IsEmpty, others) is (false, [])
            ? record
            : record with
            {
                Faults =
                [
                    .. record.Faults,
                    .. others.Select(name =>
                        Fault(
                            $"An entry has a record as its resource alone. Sent: {Shown.Value(name)}. Leave it out.",
                            "Bundle"
                        )
                    ),
                    .. resource.IsEmpty
                        ? [Fault("The entry has no resource. Send a record: the Patient and its plans.", "Bundle")]
                        : Array.Empty<Issue>(),
                ],
            };
    }

    private static Issue Fault(string text, string place) =>
        new("structure", text, place, SpineCodes.InvalidValue, Rule: Rule);
}
