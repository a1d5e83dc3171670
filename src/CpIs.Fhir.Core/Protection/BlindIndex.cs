using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Hashes by which a sealed store finds things: HMAC-SHA-256 under a key that is not in the store. A plain hash would be
/// worthless: there are 2.7e8 NHS numbers in use, and a laptop hashes all of them within a minute.
/// </summary>
/// <remarks>
/// The hashes are stored, so their forms never change. One byte ahead of the text says what it is, so that no hash of one
/// kind is ever one of another.
/// </remarks>
internal sealed class BlindIndex : IDisposable
{
    /// <summary>96 bits: among 1e9 texts two share a hash with a probability of 1e-11. 16 characters in base64url.</summary>
    private const int TextBytes = 12;

    // Half the time of a one-shot HMAC, which sets its key up again each time. One serves one thread at a time.
    private readonly ConcurrentStack<IncrementalHash> _idle = new();
    private readonly ProtectionKeys _keys;

    public BlindIndex(ProtectionKeys keys) => _keys = keys;

    /// <summary>The hash of a text as text.</summary>
    public string Text(BlindDomain domain, ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(domain, text, hash);
        return Base64Url.EncodeToString(hash[..TextBytes]);
    }

    /// <summary>63 bits of the hash of a text; never negative.</summary>
    public long Number(BlindDomain domain, ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(domain, text, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash) & long.MaxValue;
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var hash))
            hash.Dispose();
    }

    private void Hash(BlindDomain domain, ReadOnlySpan<char> text, Span<byte> hash)
    {
        var most = 1 + Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most <= 512 ? null : ArrayPool<byte>.Shared.Rent(most);
        var bytes = rented ?? stackalloc byte[512];
        bytes[0] = (byte)domain;
        var length = 1 + Encoding.UTF8.GetBytes(text, bytes[1..]);
        if (!_idle.TryPop(out var hmac))
            hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _keys.BlindIndexKey);
        hmac.AppendData(bytes[..length]);
        hmac.GetHashAndReset(hash);
        _idle.Push(hmac);
        CryptographicOperations.ZeroMemory(bytes[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}

/// <summary>What a hash is a hash of. The numbers are hashed along: never renumber.</summary>
internal enum BlindDomain : byte
{
    /// <summary>An NHS number.</summary>
    Child = 1,

    /// <summary>An SDS user id.</summary>
    Person = 2,

    /// <summary>An identity of a resource.</summary>
    Identity = 3,

    /// <summary>A whole search token.</summary>
    Token = 4,

    /// <summary>The beginning of a search token.</summary>
    TokenPrefix = 5,

    /// <summary>The name of the key itself.</summary>
    Marker = 6,
}
