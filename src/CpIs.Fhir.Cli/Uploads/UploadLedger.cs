using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>
/// Remembers which files of a run the exchange has accepted, so that an interrupted run continues where it stopped. A file
/// of JSON lines: the run first, then one accepted content a line, flushed to disk before it counts. Holds hashes, no
/// names and no content. A run also decides the X-Request-IDs: the same content in the same run is the same request.
/// </summary>
internal sealed class UploadLedger : IDisposable
{
    private readonly HashSet<string> _accepted = new(StringComparer.Ordinal);
    private readonly Guid _run;
    private readonly FileStream? _file;

    private UploadLedger(Guid run, FileStream? file) => (_run, _file) = (run, file);

    /// <summary>A run that is remembered nowhere.</summary>
    public static UploadLedger InMemory() => new(Guid.NewGuid(), null);

    /// <summary>Opens a ledger, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="server">The exchange: a ledger of one exchange is not taken for another.</param>
    /// <param name="clientId">The client, likewise.</param>
    /// <exception cref="CannotRunException">It is not a ledger, or another one's.</exception>
    public static UploadLedger Open(string path, string server, string clientId)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            return Read(file, path, server, clientId);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>SHA-256 of a content, as the ledger writes it.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>True when the exchange has accepted this content in this run.</summary>
    public bool IsAccepted(string hash)
    {
        lock (_accepted)
            return _accepted.Contains(hash);
    }

    /// <summary>Remembers a content as accepted, on disk before this returns.</summary>
    public void Accept(string hash)
    {
        lock (_accepted)
            if (_accepted.Add(hash) && _file is not null)
                Append(_file, new JsonObject { ["accepted"] = hash });
    }

    /// <summary>The X-Request-ID of a content in this run: a version 8 UUID (RFC 9562) of both.</summary>
    public string RequestIdOf(string hash)
    {
        var id = SHA256.HashData(Encoding.ASCII.GetBytes($"{_run:N}/{hash}")).AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true).ToString("D");
    }

    /// <inheritdoc />
    public void Dispose() => _file?.Dispose();

    private static UploadLedger Read(FileStream file, string path, string server, string clientId)
    {
        using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadLine() is not { Length: > 0 } first)
        {
            file.SetLength(0);
            var begun = new UploadLedger(Guid.NewGuid(), file);
            Append(
                file,
                new JsonObject
                {
                    ["run"] = begun._run.ToString("D"),
                    ["server"] = server,
                    ["client"] = clientId,
                }
            );
            return begun;
        }

        var head = Parse(first);
        if (!Guid.TryParse(head.Text("run"), out var run))
            throw new CannotRunException($"{path} is not an upload ledger.");
        if (head.Text("server") != server || head.Text("client") != clientId)
            throw new CannotRunException(
                $"{path} is the ledger of client '{head.Text("client")}' at {head.Text("server")}; use another file."
            );
        var ledger = new UploadLedger(run, file);
        while (reader.ReadLine() is { } line)
            if (Parse(line).Text("accepted") is { } hash)
                ledger._accepted.Add(hash);
        // A line torn by a crash must not swallow the one that is written next.
        file.Seek(0, SeekOrigin.End);
        file.Write("\n"u8);
        return ledger;
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

    private static void Append(FileStream file, JsonObject entry)
    {
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes(entry.ToJsonString() + "\n"));
        file.Flush(flushToDisk: true);
    }
}
