using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The public keys of <c>/.well-known/webhook-keys.json</c>: a JWK Set of Ed25519 keys (RFC 7517, RFC 8037), written by
/// the server and read by receivers.
/// </summary>
public static class WebhookKeySet
{
    /// <summary>The set as JSON.</summary>
    /// <param name="keys">Key id and 32 bytes of each public key.</param>
    public static byte[] Write(IEnumerable<(string Id, ReadOnlyMemory<byte> PublicKey)> keys)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var (id, publicKey) in keys)
        {
            json.WriteStartObject();
            json.WriteString("kty", "OKP");
            json.WriteString("crv", "Ed25519");
            json.WriteString("kid", id);
            json.WriteString("use", "sig");
            json.WriteString("alg", "EdDSA");
            json.WriteString("x", Base64Url.EncodeToString(publicKey.Span));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The public keys of a set; keys of other kinds are passed over.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">A key is no base64url.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> jwks)
    {
        using var document = JsonDocument.Parse(jwks);
        var keys = new List<ReadOnlyMemory<byte>>();
        if (!document.RootElement.TryGetProperty("keys", out var list))
            return keys;
        foreach (var key in list.EnumerateArray())
            if (
                key.TryGetProperty("crv", out var curve)
                && curve.GetString() == "Ed25519"
                && key.TryGetProperty("x", out var x)
            )
                keys.Add(Base64Url.DecodeFromChars(x.GetString()));
        return keys;
    }
}
