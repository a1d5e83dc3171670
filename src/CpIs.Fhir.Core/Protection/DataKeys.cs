using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Makes data keys and wraps them: the header of every sealed value, which is all that is needed to open it besides the
/// key file.
/// <code>version 1 | length of id 1 | id of the key-encryption key | salt 16 | wrapped data key 32 | tag 16</code>
/// </summary>
/// <remarks>
/// A data key is wrapped by AES-256-GCM under a key of its own, HMAC-SHA-256 of the salt under the key-encryption key.
/// Under that key itself, random nonces would be safe for 2^32 data keys only (NIST SP 800-38D, 8.3), and a busy exchange
/// makes so many in months: one for each child that is looked up.
/// </remarks>
internal sealed class DataKeys
{
    public const byte Version = 1;
    private const int SaltLength = 16;
    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int WrappedLength = SaltLength + SecretBytes.KeyLength + TagLength;

    private readonly KeyEncryptionKey _current;
    private readonly Dictionary<string, KeyEncryptionKey> _keys;

    public DataKeys(ProtectionKeys keys) =>
        (_current, _keys) = (keys.Keys[0], keys.Keys.ToDictionary(key => key.Id, StringComparer.Ordinal));

    /// <summary>Makes a data key.</summary>
    /// <param name="key">Gets the key.</param>
    /// <returns>Its header.</returns>
    public byte[] Make(Span<byte> key)
    {
        var header = new byte[2 + _current.Id.Length + WrappedLength];
        header[0] = Version;
        header[1] = (byte)_current.Id.Length;
        Encoding.ASCII.GetBytes(_current.Id, header.AsSpan(2));
        var wrapped = header.AsSpan(^WrappedLength..);
        Span<byte> random = stackalloc byte[SecretBytes.KeyLength + SaltLength];
        RandomNumberGenerator.Fill(random);
        random[..SecretBytes.KeyLength].CopyTo(key);
        random[SecretBytes.KeyLength..].CopyTo(wrapped);
        CryptographicOperations.ZeroMemory(random);

        Span<byte> wrapping = stackalloc byte[SecretBytes.KeyLength];
        var salt = wrapped[..SaltLength];
        HMACSHA256.HashData(_current.Key, salt, wrapping);
        using (var gcm = new AesGcm(wrapping, TagLength))
            gcm.Encrypt(
                salt[..NonceLength],
                key,
                wrapped.Slice(SaltLength, SecretBytes.KeyLength),
                wrapped[^TagLength..],
                header.AsSpan(0, header.Length - WrappedLength)
            );
        CryptographicOperations.ZeroMemory(wrapping);
        return header;
    }

    /// <summary>The header at the beginning of a sealed value; empty where there is none.</summary>
    public static ReadOnlySpan<byte> HeaderOf(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < 2 || stored[0] != Version || stored[1] is 0 or > KeyEncryptionKey.LongestId)
            return [];
        var length = 2 + stored[1] + WrappedLength;
        return stored.Length < length ? [] : stored[..length];
    }

    /// <summary>The id in a header; null where it is none.</summary>
    public static string? IdOf(ReadOnlySpan<byte> header)
    {
        var id = Encoding.ASCII.GetString(header.Slice(2, header[1]));
        return KeyEncryptionKey.IsId(id) ? id : null;
    }

    /// <summary>True when the key of that id is here.</summary>
    public bool Has(string id) => _keys.ContainsKey(id);

    /// <summary>Unwraps the data key of a header whose id is known here.</summary>
    /// <exception cref="AuthenticationTagMismatchException">The header was changed, or another key has the same id.</exception>
    public void Unwrap(ReadOnlySpan<byte> header, string id, Span<byte> key)
    {
        var wrapped = header[^WrappedLength..];
        var salt = wrapped[..SaltLength];
        Span<byte> wrapping = stackalloc byte[SecretBytes.KeyLength];
        HMACSHA256.HashData(_keys[id].Key, salt, wrapping);
        try
        {
            using var gcm = new AesGcm(wrapping, TagLength);
            gcm.Decrypt(
                salt[..NonceLength],
                wrapped.Slice(SaltLength, SecretBytes.KeyLength),
                wrapped[^TagLength..],
                key,
                header[..^WrappedLength]
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapping);
        }
    }
}
