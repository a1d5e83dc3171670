using System.Buffers;
using System.Text.Json;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>The transaction that a record becomes, and what people call its entries.</summary>
internal sealed class RecordTransaction
{
    /// <summary>Where a fault of the request would be told: it is made here, so nobody sent it.</summary>
    private const string Request = ".request";

    private readonly DailyRecord _record;
    private readonly Named[] _named;

    private RecordTransaction(DailyRecord record, Named[] named, byte[] body) =>
        (_record, _named, Body) = (record, named, body);

    /// <summary>The Bundle.</summary>
    public byte[] Body { get; }

    /// <summary>The authority's own id of the person; null where none can be shown.</summary>
    public string? LocalId =>
        _named
            .Where(named => named.Type == nameof(RecordType.Patient))
            .SelectMany(named => named.Identifiers)
            .Where(identifier => identifier.System != FhirSystems.NhsNumber)
            .Select(identifier => RecordNames.ShownId(identifier.Value))
            .FirstOrDefault(id => id is not null);

    /// <summary>Ids of the plans that can be shown, each once.</summary>
    public IEnumerable<string> PlanIds => _named.Select(PlanIdOf).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>The transaction of a record.</summary>
    public static RecordTransaction Of(DailyRecord record)
    {
        var named = record.Entries.Select(entry => NameOf(entry.Resource.Span)).ToArray();
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "transaction");
        json.WriteStartArray("entry");
        for (var i = 0; i < named.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("fullUrl", record.Entries[i].FullUrl ?? DailyRecord.UrlOf(i));
            json.WritePropertyName("resource");
            json.WriteRawValue(record.Entries[i].Resource.Span, skipInputValidation: true);
            json.WriteStartObject("request");
            json.WriteString("method", "PUT");
            if (named[i].Key is var (system, value))
                json.WriteString(
                    "url",
                    $"{named[i].Type}?identifier={Uri.EscapeDataString(system)}|{Uri.EscapeDataString(value)}"
                );
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return new RecordTransaction(record, named, buffer.WrittenSpan.ToArray());
    }

    /// <summary>True for what its sender can see: not for a request that was made here.</summary>
    public static bool IsOfSender(Issue issue) =>
        issue.Expression?.Contains(Request, StringComparison.Ordinal) != true || RecordNames.IndexOf(issue) is null;

    /// <summary>An issue about an entry of the transaction as a fault of the record.</summary>
    public RecordFault FaultOf(Issue issue)
    {
        // A plan that a full file left out has a row in its report, and came in no cell.
        if (_record.Position.Form == RecordForm.Row && _record.Entries.All(entry => entry.Row is not null))
            return FaultOfRow(issue);
        var index = RecordNames.IndexOf(issue);
        var named = index < _named.Length ? _named[index.Value] : null;
        return new RecordFault(
            issue.Severity,
            issue.Code,
            issue.Rule,
            PlaceOf(issue.Expression),
            ElementOf(issue.Expression, named),
            named is null ? null : PlanIdOf(named),
            issue.Diagnostics
        );
    }

    /// <summary>An issue as a fault of a row: told by row and column, and with the plan of that row.</summary>
    private RecordFault FaultOfRow(Issue issue)
    {
        var index = RecordNames.IndexOf(issue);
        var place =
            CsvPlace.Parse(issue.Expression)
            ?? (
                index < _named.Length && _record.Entries[index.Value].Row is { } row
                    ? new CsvPlace(
                        row,
                        CsvColumns.Of(issue.Rule, ElementOf(issue.Expression, _named[index.Value]))?.Name
                    )
                    : new CsvPlace(_record.Position.Number)
            );
        return new RecordFault(
            issue.Severity,
            issue.Code,
            issue.Rule,
            place.ToString(),
            place.Column,
            _named
                .Where((_, i) => _record.Entries[i].Row == place.Row)
                .Select(PlanIdOf)
                .FirstOrDefault(id => id is not null),
            CsvColumns.Say(issue.Diagnostics)
        )
        {
            Row = place.Row,
        };
    }

    private string? PlaceOf(string? expression) =>
        _record.Position.Form == RecordForm.Entry && expression?.StartsWith("Bundle", StringComparison.Ordinal) == true
            ? $"Bundle.{_record.Position}.resource{expression["Bundle".Length..]}"
            : expression;

    private static string? ElementOf(string? expression, Named? named)
    {
        const string resource = "].resource";
        if (named?.Type is null || expression is null)
            return null;
        var at = expression.IndexOf(resource, StringComparison.Ordinal);
        return at < 0 ? null : named.Type + expression[(at + resource.Length)..];
    }

    private static string? PlanIdOf(Named named) =>
        named.Type is nameof(RecordType.EpisodeOfCare) or nameof(RecordType.Flag)
        && named.Identifiers is [var first, ..]
            ? RecordNames.ShownId(first.Value)
            : null;

    private static Named NameOf(ReadOnlySpan<byte> resource)
    {
        var reader = new Utf8JsonReader(resource, new JsonReaderOptions { MaxDepth = 64 });
        reader.Read();
        string? type = null;
        var identifiers = new List<(string? System, string? Value)>(2);
        while (RecordReading.Next(ref reader) is { } name)
            if (name == "resourceType")
                type = RecordReading.TextOf(ref reader);
            else if (name == "identifier" && reader.TokenType == JsonTokenType.StartArray)
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    identifiers.Add(IdentifierOf(ref reader));
            else
                reader.Skip();
        return new Named(EntryUrl.TypeOf(type) is null ? null : type, identifiers);
    }

    private static (string? System, string? Value) IdentifierOf(ref Utf8JsonReader reader)
    {
        (string? System, string? Value) identifier = default;
        if (reader.TokenType == JsonTokenType.StartObject)
            while (RecordReading.Next(ref reader) is { } name)
                if (name == "system")
                    identifier.System = RecordReading.TextOf(ref reader);
                else if (name == "value")
                    identifier.Value = RecordReading.TextOf(ref reader);
                else
                    reader.Skip();
        else
            reader.Skip();
        return identifier;
    }

    private sealed record Named(string? Type, IReadOnlyList<(string? System, string? Value)> Identifiers)
    {
        public (string System, string Value)? Key =>
            Type is null ? null
            : Identifiers.FirstOrDefault(each =>
                Type != nameof(RecordType.Patient) || each.System == FhirSystems.NhsNumber
            )
                is (not null, not null) key
                ? (key.System, key.Value)
            : null;
    }
}
