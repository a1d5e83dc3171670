using System.Security.Cryptography;

namespace CpIs.Fhir.Core.Protection;

/// <summary>A key under which data keys are wrapped. No record, so that no member is ever printed.</summary>
public sealed class KeyEncryptionKey
{
    /// <summary>Longest id, in characters.</summary>
    public const int LongestId = 32;

    private readonly byte[] _key;

    /// <summary>Copies the key, so that the caller can wipe its own.</summary>
    /// <param name="id">1 to 32 of A-Z, a-z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>. Stands readable in every sealed value.</param>
    /// <param name="key">32 random bytes.</param>
    /// <exception cref="ArgumentException">One of the two is not so. The message does not repeat it.</exception>
    public KeyEncryptionKey(string id, ReadOnlySpan<byte> key)
    {
        if (!IsId(id))
            throw new ArgumentException($"An id has 1 to {LongestId} letters, digits, '.', '_' or '-'.", nameof(id));
        if (!IsKey(key))
            throw new ArgumentException("A key is 32 random bytes.", nameof(key));
        (Id, _key) = (id, SecretBytes.Copy(key));
    }

    /// <summary>Names the key.</summary>
    public string Id { get; }

    /// <summary>The key itself.</summary>
    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>True for what may be an id.</summary>
    public static bool IsId(string? id) =>
        id is { Length: >= 1 and <= LongestId } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>32 bytes that are not all the same: a placeholder of zeros is not a key.</summary>
    internal static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length == SecretBytes.KeyLength && key.ContainsAnyExcept(key[0]);

    /// <summary>Overwrites the key.</summary>
    internal void Wipe() => CryptographicOperations.ZeroMemory(_key);
}
