using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace CpIs.Fhir.Core.Searching;

/// <summary>
/// Writes a searchset Bundle around resources that are already JSON: nothing is parsed, stored bytes are copied.
/// Entries are written in the order FHIR readers expect: matches, then includes, then the outcome.
/// </summary>
public sealed class SearchsetWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer;
    private readonly Utf8JsonWriter _json;
    private readonly string _baseUrl;

    /// <summary>Begins a Bundle.</summary>
    /// <param name="baseUrl">FHIR base without trailing slash, for <c>fullUrl</c>.</param>
    /// <param name="id">Bundle id.</param>
    /// <param name="time">When the answer was made.</param>
    /// <param name="total">Matches on all pages.</param>
    /// <param name="self">What was asked.</param>
    /// <param name="next">URL of the next page, or null.</param>
    /// <param name="capacity">Bytes expected, so that a long answer is not copied again and again while it grows.</param>
    /// <param name="notForPatient">True to label the Bundle "do not show to patient or family".</param>
    public SearchsetWriter(
        string baseUrl,
        string id,
        DateTimeOffset time,
        long total,
        string self,
        string? next = null,
        int capacity = 2_048,
        bool notForPatient = false
    )
    {
        _baseUrl = baseUrl;
        _buffer = new ArrayBufferWriter<byte>(capacity);
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });
        _json.WriteStartObject();
        _json.WriteString("resourceType", "Bundle");
        _json.WriteString("id", id);
        _json.WriteStartObject("meta");
        _json.WriteString("lastUpdated", Instant(time));
        if (notForPatient)
            NotForPatient.Write(_json);
        _json.WriteEndObject();
        _json.WriteString("type", "searchset");
        _json.WriteNumber("total", total);
        _json.WriteStartArray("link");
        WriteLink(_json, "self", self);
        if (next is not null)
            WriteLink(_json, "next", next);
        _json.WriteEndArray();
    }

    /// <summary>True once an entry has been written; an empty <c>entry</c> array is never sent.</summary>
    private bool HasEntries { get; set; }

    /// <summary>An instant as FHIR writes it: UTC, milliseconds.</summary>
    public static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A stored resource as one entry.</summary>
    /// <param name="type">FHIR resource type.</param>
    /// <param name="id">Its id.</param>
    /// <param name="body">Its JSON.</param>
    /// <param name="mode"><c>match</c> or <c>include</c>.</param>
    public void Add(string type, string id, ReadOnlySpan<byte> body, string mode) =>
        AddEntry(string.Concat(_baseUrl, "/", type, "/") + id, body, mode);

    /// <summary>The one <c>outcome</c> entry.</summary>
    public void AddOutcome(string id, IReadOnlyList<Issue> issues) =>
        AddEntry("urn:uuid:" + id, OperationOutcomeWriter.ToBytes(issues), "outcome");

    /// <summary>Ends the Bundle and gives its bytes; nothing can be added any more.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        if (HasEntries)
            _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenMemory;
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();

    private void AddEntry(string fullUrl, ReadOnlySpan<byte> body, string mode)
    {
        if (!HasEntries)
            _json.WriteStartArray("entry");
        HasEntries = true;
        _json.WriteStartObject();
        _json.WriteString("fullUrl", fullUrl);
        _json.WritePropertyName("resource");
        _json.WriteRawValue(body, skipInputValidation: true);
        _json.WriteStartObject("search");
        _json.WriteString("mode", mode);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    internal static void WriteLink(Utf8JsonWriter json, string relation, string url)
    {
        json.WriteStartObject();
        json.WriteString("relation", relation);
        json.WriteString("url", url);
        json.WriteEndObject();
    }
}
