using System.Security.Cryptography;
using System.Text;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Sealed at rest: what could name a child or a person is encrypted under a data key of that child alone, and found by keyed
/// hashes. Whoever has the store without the key file reads types, authority codes, times and codes, and whether two
/// values are equal; docs/adr/0022 says all of it.
/// </summary>
/// <remarks>
/// <para>A sealed value: the header of its data key (<see cref="DataKeys"/>), then
/// <code>nonce 12 | ciphertext | tag 16</code>
/// by AES-256-GCM with the version and the context as associated data, so that it opens where it was put and nowhere
/// else. Each value brings its own wrapped key: to open it takes no other read, and a miss costs the store the same steps as a
/// hit.</para>
/// <para>The values of a child that are sealed soon after each other share a data key, which is made once and kept in
/// memory; a data key never serves two children. A value that belongs to no one child has a data key of its own: that costs
/// the few microseconds that a child's first value costs, and nothing has to be counted or renewed. Opening does not
/// put keys among those that seal: then the record of a look-up would be sealed faster where a plan was read before.</para>
/// <para>For all threads. Disposing of it wipes the keys; the store must be closed by then.</para>
/// </remarks>
public sealed class SealedRecords : RecordProtection, IDisposable
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Children and wrapped keys in a generation of a cache; 200 bytes each, so at most 7 MB in both.</summary>
    private const int CacheCapacity = 8_192;

    private readonly ProtectionKeys _keys;
    private readonly BlindIndex _index;
    private readonly SealedTokens _tokens;
    private readonly DataKeys _dataKeys;
    private readonly KeyCache<NhsNumber> _sealing = new(CacheCapacity);
    private readonly KeyCache<byte[]> _opening = new(CacheCapacity, new HeaderComparer());

    /// <summary>Takes the keys over.</summary>
    public SealedRecords(ProtectionKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = keys;
        _index = new BlindIndex(keys);
        _tokens = new SealedTokens(_index);
        _dataKeys = new DataKeys(keys);
        Marker = "sealed-1:" + _index.Text(BlindDomain.Marker, "");
    }

    /// <inheritdoc />
    public override string Marker { get; }

    /// <inheritdoc />
    public override long ChildKey(NhsNumber child) => _index.Number(BlindDomain.Child, child.Digits);

    /// <inheritdoc />
    public override string PersonKey(string sdsUserId) => _index.Text(BlindDomain.Person, sdsUserId);

    /// <inheritdoc />
    public override string IdentityKey(string identity) => _index.Text(BlindDomain.Identity, identity);

    /// <inheritdoc />
    public override IReadOnlyList<string> Tokens(IReadOnlyList<string> tokens) => _tokens.Seal(tokens);

    /// <inheritdoc />
    public override IReadOnlyList<Condition> Conditions(IReadOnlyList<Condition> conditions) =>
        [.. conditions.Select(_tokens.Rewrite)];

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Seal(ReadOnlyMemory<byte> plain, NhsNumber? child, string context)
    {
        Span<byte> key = stackalloc byte[SecretBytes.KeyLength];
        var header = KeyFor(child, key);
        var stored = new byte[header.Length + NonceLength + plain.Length + TagLength];
        header.CopyTo(stored, 0);
        var nonce = stored.AsSpan(header.Length, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using (var gcm = new AesGcm(key, TagLength))
            gcm.Encrypt(
                nonce,
                plain.Span,
                stored.AsSpan(header.Length + NonceLength, plain.Length),
                stored.AsSpan(^TagLength..),
                Bound(context)
            );
        CryptographicOperations.ZeroMemory(key);
        return stored;
    }

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> stored, string context)
    {
        var header = DataKeys.HeaderOf(stored.Span);
        var value = stored.Span[header.Length..];
        if (header.IsEmpty || value.Length < NonceLength + TagLength)
            throw Broken();
        Span<byte> key = stackalloc byte[SecretBytes.KeyLength];
        var plain = new byte[value.Length - NonceLength - TagLength];
        try
        {
            Unwrap(header, key);
            using var gcm = new AesGcm(key, TagLength);
            gcm.Decrypt(
                value[..NonceLength],
                value[NonceLength..^TagLength],
                value[^TagLength..],
                plain,
                Bound(context)
            );
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Broken();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        return plain;
    }

    /// <summary>Wipes every key.</summary>
    public void Dispose()
    {
        _sealing.Clear();
        _opening.Clear();
        _index.Dispose();
        _keys.Dispose();
    }

    private byte[] KeyFor(NhsNumber? child, Span<byte> key)
    {
        if (child is not { } whose)
            return _dataKeys.Make(key);
        if (_sealing.TryGet(whose, key, out var known))
            return known;
        var header = _dataKeys.Make(key);
        _sealing.Add(whose, key, header);
        return header;
    }

    private void Unwrap(ReadOnlySpan<byte> header, Span<byte> key)
    {
        var name = header.ToArray();
        if (_opening.TryGet(name, key, out _))
            return;
        var id = DataKeys.IdOf(header) ?? throw Broken();
        if (!_dataKeys.Has(id))
            throw new StoreUnavailableException(
                $"A stored value was sealed under the key '{id}', which is not in the key file. Keep old keys in it: they still open what they sealed."
            );
        _dataKeys.Unwrap(header, id, key);
        _opening.Add(name, key, name);
    }

    private static byte[] Bound(string context)
    {
        var bound = new byte[1 + Encoding.UTF8.GetByteCount(context)];
        bound[0] = DataKeys.Version;
        Encoding.UTF8.GetBytes(context, bound.AsSpan(1));
        return bound;
    }

    // Neither the context nor a byte of the value: both may be a child's.
    private static StoreUnavailableException Broken() =>
        new("A stored value cannot be opened: it was changed, cut off or moved, or this is the wrong key file.");
}
