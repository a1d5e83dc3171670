using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CpIs.Fhir.Core.Keys;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Who is limited, as servers tell each other: a keyed hash (HMAC-SHA-256, 128 bits of it), the same on every server of the
/// store and telling nobody else who it was. The key comes from the one for cursors, so that there is no other to look
/// after; when that one is rotated, every bucket is full once more.
/// </summary>
internal sealed class LimitKeys(IKeyRing keys)
{
    private const int Size = 16;
    private const int Most = 10_000;

    private volatile Derived? _derived;

    /// <summary>22 characters.</summary>
    public string Of(string who)
    {
        var key = Key();
        if (key.Known.TryGetValue(who, out var known))
            return known;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes(who), hash);
        var name = Base64Url.EncodeToString(hash[..Size]);
        if (key.Known.Count >= Most)
            key.Known.Clear();
        key.Known[who] = name;
        return name;
    }

    private Derived Key()
    {
        var current = keys.Current(KeyPurposes.Cursor);
        if (_derived is { } known && known.Id == current.Id)
            return known;
        var derived = new Derived(current);
        _derived = derived;
        return derived;
    }

    private sealed class Derived(SigningKey from)
    {
        public string Id { get; } = from.Id;

        public byte[] Bytes { get; } =
            HKDF.DeriveKey(HashAlgorithmName.SHA256, from.Secret.ToArray(), 32, info: "limits"u8.ToArray());

        /// <summary>What was worked out a moment ago: a client asks again and again.</summary>
        public ConcurrentDictionary<string, string> Known { get; } = new(StringComparer.Ordinal);
    }
}
