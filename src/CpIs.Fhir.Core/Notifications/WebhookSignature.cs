using System.Globalization;
using System.Text;
using NSec.Cryptography;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Standard Webhooks 1.0, asymmetric: <c>v1a,</c> and the base64 of an Ed25519 signature over
/// <c>webhook-id.webhook-timestamp.body</c>. During a rotation a header holds one signature for each key, separated by
/// blanks, and one that verifies is enough.
/// </summary>
public static class WebhookSignature
{
    /// <summary>Header with the notification's id, the same on every attempt.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>Header with the time of the attempt, in whole seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>Header with the signatures.</summary>
    public const string SignatureHeader = "webhook-signature";

    /// <summary>How far a timestamp may be from the receiver's clock, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    private const string Scheme = "v1a,";

    /// <summary>Value of <see cref="TimestampHeader"/>.</summary>
    public static string Timestamp(DateTimeOffset now) =>
        now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Value of <see cref="SignatureHeader"/>.</summary>
    /// <param name="id">Value of <see cref="IdHeader"/>; holds no full stop.</param>
    /// <param name="timestamp">Value of <see cref="TimestampHeader"/>.</param>
    /// <param name="body">The body to the letter.</param>
    /// <param name="seeds">Ed25519 private keys, 32 bytes each (RFC 8032).</param>
    public static string Sign(
        string id,
        string timestamp,
        ReadOnlySpan<byte> body,
        IEnumerable<ReadOnlyMemory<byte>> seeds
    )
    {
        var content = Content(id, timestamp, body);
        var signatures = new List<string>();
        foreach (var seed in seeds)
        {
            using var key = Key.Import(SignatureAlgorithm.Ed25519, seed.Span, KeyBlobFormat.RawPrivateKey);
            signatures.Add(Scheme + Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, content)));
        }

        return string.Join(' ', signatures);
    }

    /// <summary>True when the time is near and one of the signatures is by one of the keys.</summary>
    /// <param name="id">The header as received.</param>
    /// <param name="timestamp">The header as received.</param>
    /// <param name="signatures">The header as received.</param>
    /// <param name="body">The body to the letter, before any parsing.</param>
    /// <param name="publicKeys">Ed25519 public keys, 32 bytes each.</param>
    /// <param name="now">The receiver's clock.</param>
    public static bool Verify(
        string? id,
        string? timestamp,
        string? signatures,
        ReadOnlySpan<byte> body,
        IReadOnlyCollection<ReadOnlyMemory<byte>> publicKeys,
        DateTimeOffset now
    )
    {
        if (
            string.IsNullOrEmpty(id)
            || string.IsNullOrEmpty(signatures)
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)seconds - now.ToUnixTimeSeconds()) > (decimal)Tolerance.TotalSeconds
        )
            return false;
        var content = Content(id, timestamp, body);
        var signature = new byte[SignatureAlgorithm.Ed25519.SignatureSize];
        foreach (var part in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                !part.StartsWith(Scheme, StringComparison.Ordinal)
                || !Convert.TryFromBase64String(part[Scheme.Length..], signature, out var length)
                || length != signature.Length
            )
                continue;
            foreach (var publicKey in publicKeys)
                if (
                    PublicKey.TryImport(
                        SignatureAlgorithm.Ed25519,
                        publicKey.Span,
                        KeyBlobFormat.RawPublicKey,
                        out var key
                    ) && SignatureAlgorithm.Ed25519.Verify(key!, content, signature)
                )
                    return true;
        }

        return false;
    }

    /// <summary>The public half of a private key.</summary>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        using var key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>A new private key.</summary>
    public static byte[] NewSeed()
    {
        using var key = Key.Create(
            SignatureAlgorithm.Ed25519,
            new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }
        );
        return key.Export(KeyBlobFormat.RawPrivateKey);
    }

    private static byte[] Content(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return content;
    }
}
