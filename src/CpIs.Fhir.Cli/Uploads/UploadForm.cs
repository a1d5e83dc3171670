using System.Text;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>What a file is, by its content.</summary>
internal enum UploadForm
{
    /// <summary>A transaction Bundle, or JSON that the exchange will say is none.</summary>
    Transaction,

    /// <summary>A daily file as one Bundle of records.</summary>
    Collection,

    /// <summary>A daily file with a record on each line.</summary>
    Ndjson,

    /// <summary>A daily file with a plan in each row.</summary>
    Csv,
}

/// <summary>Tells what a file is.</summary>
internal static class UploadForms
{
    private const int FirstLine = 64 * 1_024;

    /// <summary>The media type of a daily file in that form.</summary>
    public static string MediaType(this UploadForm form) =>
        form switch
        {
            UploadForm.Csv => "text/csv",
            UploadForm.Ndjson => "application/fhir+ndjson",
            _ => "application/fhir+json",
        };

    /// <summary>What a file is, and of a Bundle its root. JSON begins with a brace; of anything else its name says whether it is CSV.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="open">Opens it.</param>
    public static (UploadForm Form, JsonElement Bundle) Of(string name, Func<Stream> open)
    {
        var extension = Path.GetExtension(name).ToUpperInvariant();
        using var file = open();
        var first = ReadLine(file);
        var text = Encoding.UTF8.GetString(first).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (extension is ".NDJSON" or ".JSONL")
            return (UploadForm.Ndjson, default);
        if (!text.StartsWith('{'))
            return (extension == ".JSON" ? UploadForm.Transaction : UploadForm.Csv, default);
        if (first.Length < FirstLine && Parse(first) is { } line && TypeOf(line) == UploadForm.Ndjson)
            return (UploadForm.Ndjson, default);
        using var whole = open();
        return Parse(whole) is { } bundle ? (TypeOf(bundle), bundle) : (UploadForm.Transaction, default);
    }

    /// <summary>A record is a collection of a person and plans, a daily file is one of records.</summary>
    private static UploadForm TypeOf(JsonElement bundle) =>
        bundle.Text("type") != "collection" ? UploadForm.Transaction
        : bundle.List("entry").Any(entry => entry.At("resource").Text("resourceType") is not "Bundle" and not null)
            ? UploadForm.Ndjson
        : UploadForm.Collection;

    private static JsonElement? Parse(ReadOnlyMemory<byte> json)
    {
        using var stream = new MemoryStream(json.ToArray());
        return Parse(stream);
    }

    private static JsonElement? Parse(Stream json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] ReadLine(Stream file)
    {
        var buffer = new byte[FirstLine];
        var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var end = buffer.AsSpan(0, read).IndexOf((byte)'\n');
        return buffer[..(end < 0 ? read : end)];
    }
}
