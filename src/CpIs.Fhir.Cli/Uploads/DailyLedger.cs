using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>
/// Numbers daily files and remembers how far each is, so that the same command, or a watch that was stopped, goes on under the same number. A
/// file of JSON lines, each flushed to disk before it counts. It holds file names and hashes, and nothing of the content.
/// </summary>
/// <remarks>
/// A number is the minute of <c>made</c> (202606100800), or one more than the last where that is not greater. So numbers go up when the ledger was
/// lost too. A file is known by its content and its time: the same content with a later time was taken from the register again.
/// </remarks>
internal sealed class DailyLedger : IDisposable
{
    /// <summary>Its name where nobody gives another: next to the file.</summary>
    public const string DefaultName = "cpis-upload.ledger";

    private readonly FileStream _file;
    private readonly string _server;
    private readonly string _client;
    private readonly List<Line> _lines = [];

    private DailyLedger(FileStream file, string server, string client) =>
        (_file, _server, _client) = (file, server, client);

    /// <summary>A daily file in the ledger.</summary>
    /// <param name="Hash">SHA-256 of its content.</param>
    /// <param name="Made">Its time, as it was sent.</param>
    /// <param name="Mode"><c>delta</c> or <c>full</c>.</param>
    /// <param name="Sequence">Its number.</param>
    /// <param name="IsDone">True where it was acknowledged.</param>
    public sealed record Line(string Hash, string? Made, string Mode, long Sequence, bool IsDone);

    /// <summary>Opens a ledger, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="server">The exchange; files that went to another are not counted.</param>
    /// <param name="client">The client, likewise.</param>
    /// <exception cref="CannotRunException">It is another kind of ledger, or in use.</exception>
    public static DailyLedger Open(string path, string server, string client)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CannotRunException(
                $"the ledger {path} cannot be opened: {failure.Message} Another cpis upload may be using it; --ledger FILE names another.",
                inner: failure
            );
        }

        var ledger = new DailyLedger(file, server, client);
        try
        {
            ledger.Read(path);
            return ledger;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The line of a file, new or as it is there.</summary>
    public Line Begin(DailyUpload upload)
    {
        var known = _lines.FindLast(line =>
            line.Hash == upload.Hash
            && line.Made == upload.Made
            && line.Mode == upload.Mode
            && (upload.Sequence is null || line.Sequence == upload.Sequence)
        );
        if (known is not null)
            return known;
        var line = new Line(upload.Hash, upload.Made, upload.Mode, upload.Sequence ?? Next(upload), IsDone: false);
        Add(line, upload.Name);
        return line;
    }

    /// <summary>Gives a file the next number, because another file has its own.</summary>
    public Line Renumber(Line line, string name)
    {
        var next = line with { Sequence = Math.Max(line.Sequence, _lines.Max(each => each.Sequence)) + 1 };
        Add(next, name);
        return next;
    }

    /// <summary>The number that a file would get.</summary>
    public long Next(DailyUpload upload)
    {
        var last = _lines.Count == 0 ? 0 : _lines.Max(line => line.Sequence);
        var minute = DateTimeOffset.TryParse(
            upload.Made,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var made
        )
            ? long.Parse(
                made.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture
            )
            : 0;
        return Math.Max(last + 1, minute);
    }

    /// <summary>Remembers that a file was acknowledged.</summary>
    public void Finish(Line line, string name)
    {
        if (!line.IsDone)
            Add(line with { IsDone = true }, name);
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private void Add(Line line, string name)
    {
        _lines.Add(line);
        var json = new JsonObject
        {
            ["file"] = Path.GetFileName(name),
            ["hash"] = line.Hash,
            ["made"] = line.Made,
            ["mode"] = line.Mode,
            ["sequence"] = line.Sequence,
            ["state"] = line.IsDone ? "acknowledged" : "sent",
            ["server"] = _server,
            ["client"] = _client,
        };
        _file.Seek(0, SeekOrigin.End);
        _file.Write(Encoding.UTF8.GetBytes(json.ToJsonString() + "\n"));
        _file.Flush(flushToDisk: true);
    }

    private void Read(string path)
    {
        using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
        while (reader.ReadLine() is { } text)
        {
            var line = Parse(text);
            if (line.Text("run") is not null)
                throw new CannotRunException($"{path} is a ledger of transactions; use another file.");
            if (
                line.Text("hash") is { } hash
                && line.At("sequence").ValueKind == JsonValueKind.Number
                && line.Text("server") == _server
                && line.Text("client") == _client
            )
                _lines.Add(
                    new Line(
                        hash,
                        line.Text("made"),
                        line.Text("mode") ?? "delta",
                        line.At("sequence").GetInt64(),
                        line.Text("state") == "acknowledged"
                    )
                );
        }

        // A line torn by a crash must not swallow the one that is written next.
        if (_file.Length > 0)
        {
            _file.Seek(0, SeekOrigin.End);
            _file.Write("\n"u8);
        }
    }

    private static JsonElement Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
