using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CpIs.Fhir.Cli.Http;

namespace CpIs.Fhir.Cli.Uploads;

/// <summary>A daily file that is to be sent.</summary>
/// <param name="Name">As the user reads it.</param>
/// <param name="Form">What it is.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Open">Opens it, as often as it takes.</param>
internal sealed record DailyUpload(string Name, UploadForm Form, long Bytes, Func<Stream> Open)
{
    /// <summary>SHA-256 of its content.</summary>
    public required string Hash { get; init; }

    /// <summary>When the data was taken from the register, as the exchange reads it; null where the file says it itself.</summary>
    public string? Made { get; init; }

    /// <summary>Its number where somebody said it; else the ledger gives one, unless the file says it itself.</summary>
    public long? Sequence { get; init; }

    /// <summary>True where the file says its number itself.</summary>
    public bool IsNumbered { get; init; }

    /// <summary><c>delta</c> or <c>full</c>.</summary>
    public string Mode { get; init; } = "delta";

    /// <summary>How many records it has, where somebody said it.</summary>
    public int? Count { get; init; }

    /// <summary>A file on disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="form">What it is.</param>
    /// <param name="hash">SHA-256 of its content.</param>
    public static DailyUpload OfFile(string path, UploadForm form, string hash)
    {
        var file = new FileInfo(path);
        return new DailyUpload(
            path,
            form,
            file.Length,
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        )
        {
            Hash = hash,
            Made = Instant(file.LastWriteTimeUtc),
        };
    }

    /// <summary>The file with what it says of itself, where it is a Bundle.</summary>
    public DailyUpload Saying(JsonElement bundle)
    {
        var isNumbered = bundle.At("identifier").Text("value") is not null;
        return this with
        {
            IsNumbered = isNumbered,
            Sequence =
                isNumbered
                && long.TryParse(
                    bundle.At("identifier").Text("value"),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                    ? number
                    : Sequence,
            Made = bundle.Text("timestamp") is null ? Made : null,
        };
    }

    /// <summary>SHA-256 of a content of any size.</summary>
    public static async Task<string> HashAsync(Func<Stream> open, CancellationToken cancellation)
    {
        await using var file = open();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }

    /// <summary>A time as the exchange reads it, to the second.</summary>
    public static string Instant(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
