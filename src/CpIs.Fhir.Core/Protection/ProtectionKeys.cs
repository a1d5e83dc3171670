using System.Security.Cryptography;

namespace CpIs.Fhir.Core.Protection;

/// <summary>The keys of one sealed store. They are in memory as long as the store is open; disposing of them wipes them.</summary>
public sealed class ProtectionKeys : IDisposable
{
    private readonly byte[] _blindIndexKey;

    /// <summary>Copies the blind-index key and takes the others over.</summary>
    /// <param name="blindIndexKey">32 random bytes.</param>
    /// <param name="keys">One or more, each id once; the first is current.</param>
    /// <exception cref="ArgumentException">Something is not so. The message repeats no key.</exception>
    public ProtectionKeys(ReadOnlySpan<byte> blindIndexKey, IReadOnlyList<KeyEncryptionKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!KeyEncryptionKey.IsKey(blindIndexKey))
            throw new ArgumentException("The blind-index key is 32 random bytes.", nameof(blindIndexKey));
        if (keys.Count == 0)
            throw new ArgumentException("There must be a key.", nameof(keys));
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys.Take(i).Any(other => other.Id == keys[i].Id))
                throw new ArgumentException($"The id '{keys[i].Id}' is there twice.", nameof(keys));
            if (blindIndexKey.SequenceEqual(keys[i].Key) || keys.Take(i).Any(other => AreSame(other, keys[i])))
                throw new ArgumentException(
                    $"The key of '{keys[i].Id}' is there twice: each has a purpose of its own.",
                    nameof(keys)
                );
        }

        (_blindIndexKey, Keys) = (SecretBytes.Copy(blindIndexKey), keys);
    }

    /// <summary>
    /// Keys the hashes by which children, persons and search values are found. It never changes for a store: with another
    /// one nothing would be found.
    /// </summary>
    internal ReadOnlySpan<byte> BlindIndexKey => _blindIndexKey;

    /// <summary>Key-encryption keys: the first seals, all of them open.</summary>
    public IReadOnlyList<KeyEncryptionKey> Keys { get; }

    /// <summary>New random keys.</summary>
    /// <param name="id">Id of the first key-encryption key.</param>
    public static ProtectionKeys Make(string id)
    {
        Span<byte> blind = stackalloc byte[SecretBytes.KeyLength];
        try
        {
            RandomNumberGenerator.Fill(blind);
            return new ProtectionKeys(blind, [MakeKey(id)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blind);
        }
    }

    /// <summary>A new random key-encryption key.</summary>
    /// <exception cref="ArgumentException">The id is none.</exception>
    public static KeyEncryptionKey MakeKey(string id)
    {
        Span<byte> key = stackalloc byte[SecretBytes.KeyLength];
        try
        {
            RandomNumberGenerator.Fill(key);
            return new KeyEncryptionKey(id, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The same blind-index key with other key-encryption keys; these stay, those that are left out are not wiped.</summary>
    /// <exception cref="ArgumentException">See the constructor.</exception>
    public ProtectionKeys With(IReadOnlyList<KeyEncryptionKey> keys) => new(_blindIndexKey, keys);

    /// <summary>Wipes every key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_blindIndexKey);
        foreach (var key in Keys)
            key.Wipe();
    }

    private static bool AreSame(KeyEncryptionKey one, KeyEncryptionKey other) => one.Key.SequenceEqual(other.Key);
}
