using System.Text.Json;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Reads one record (profile CPIS-DailyRecord: a Bundle of type collection with a Patient and its plans) into its entries. What is inside
/// the resources is not looked at here. What is wrong is a fault of the record, and never ends the reading of the file.
/// </summary>
internal static class RecordReading
{
    /// <summary>The rule that a record is a Bundle of a Patient and its plans.</summary>
    public const string Form = "cpis-daily-record";

    /// <summary>The record.</summary>
    /// <param name="position">Where it is.</param>
    /// <param name="json">One JSON value and nothing else.</param>
    public static DailyRecord Read(RecordPosition position, ReadOnlyMemory<byte> json)
    {
        if (json.Length > DailyRecord.MostBytes)
            return Unread(position, TooLong());
        try
        {
            return ReadBundle(position, json);
        }
        catch (JsonException)
        {
            return Unread(position, NoJson());
        }
    }

    /// <summary>A record of which nothing could be read.</summary>
    public static DailyRecord Unread(RecordPosition position, Issue fault) => new(position, []) { Faults = [fault] };

    /// <summary>Why a record was not read: its length.</summary>
    public static Issue TooLong() =>
        Fault(
            $"The record is longer than {DailyRecord.MostBytes / 1_024} KiB. Send one child and its plans in each record.",
            "too-long"
        );

    private static Issue NoJson() =>
        Fault(
            "The record cannot be read: it is not complete JSON. Check that the file was not cut off, and that each record is on one line.",
            "structure"
        );

    private static DailyRecord ReadBundle(RecordPosition position, ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 64 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        string? resourceType = null;
        string? type = null;
        var faults = new List<Issue>();
        List<DailyEntry>? entries = null;
        while (Next(ref reader) is { } name)
            switch (name)
            {
                case "resourceType":
                    resourceType = TextOf(ref reader);
                    break;
                case "type":
                    type = TextOf(ref reader);
                    break;
                case "entry" when reader.TokenType == JsonTokenType.StartArray:
                    entries = ReadEntries(ref reader, json, faults);
                    break;
                // Who made it, and when, is told of the file.
                case "id" or "meta" or "identifier" or "timestamp":
                    reader.Skip();
                    break;
                default:
                    faults.Add(Fault($"A record has no element {Shown.Value(name)}. Leave it out."));
                    reader.Skip();
                    break;
            }

        // What follows the record on its line.
        if (reader.Read())
            throw new JsonException();
        if (resourceType != "Bundle" || type != "collection")
            faults.Add(
                Fault(
                    resourceType == "Bundle"
                        ? $"A record is a Bundle of type collection. Sent: {Shown.Value(type ?? "no type")}."
                        : $"A record is a Bundle of type collection, with the Patient and the plans of one child. Sent: {Shown.Value(resourceType ?? "no resource")}."
                )
            );
        else if (entries is not { Count: > 0 })
            faults.Add(Fault("The record has no entry. Send the Patient and its plans."));
        return new DailyRecord(position, entries ?? []) { Faults = faults };
    }

    private static List<DailyEntry> ReadEntries(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> json,
        List<Issue> faults
    )
    {
        var entries = new List<DailyEntry>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string? fullUrl = null;
            ReadOnlyMemory<byte> resource = default;
            if (reader.TokenType == JsonTokenType.StartObject)
                while (Next(ref reader) is { } name)
                    if (name == "resource" && reader.TokenType == JsonTokenType.StartObject)
                        resource = ValueOf(ref reader, json);
                    else if (name == "fullUrl")
                        fullUrl = TextOf(ref reader);
                    else
                    {
                        faults.Add(
                            Fault(
                                $"An entry of a record has fullUrl and resource alone. Sent: {Shown.Value(name)}. Leave it out."
                            )
                        );
                        reader.Skip();
                    }
            else
                reader.Skip();

            if (resource.IsEmpty)
                faults.Add(Fault("An entry of the record has no resource. Send the Patient and its plans."));
            else
                entries.Add(new DailyEntry(resource, fullUrl));
        }

        return entries;
    }

    /// <summary>The name of the next property, with the reader at its value; null at the end of the object.</summary>
    internal static string? Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
            return null;
        var name = reader.GetString()!;
        reader.Read();
        return name;
    }

    /// <summary>The text of the value; null for another value, which is passed over.</summary>
    internal static string? TextOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            try
            {
                return reader.GetString();
            }
            catch (InvalidOperationException)
            {
                // Half of a surrogate pair.
                return null;
            }

        reader.Skip();
        return null;
    }

    /// <summary>The bytes of the value.</summary>
    internal static ReadOnlyMemory<byte> ValueOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static Issue Fault(string text, string code = "structure") =>
        new(code, text, "Bundle", SpineCodes.InvalidValue, Rule: Form);
}
