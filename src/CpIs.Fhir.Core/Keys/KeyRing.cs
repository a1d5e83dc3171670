using System.Collections.Frozen;
using CpIs.Fhir.Core.Leases;

namespace CpIs.Fhir.Core.Keys;

/// <summary>
/// Keeps the keys of every purpose in step with the store. A new key is published <see cref="ActivationDelay"/> before
/// it signs, so that every server that shares the store, and every receiver that caches our public keys, knows it when
/// the first thing signed by it arrives. One server at a time makes keys, so that servers which start at once on an empty
/// store have the same first key.
/// </summary>
/// <param name="store">Where the keys lie, shared by many servers.</param>
/// <param name="leases">Keep two servers from making keys at once.</param>
/// <param name="ids">Makes key ids.</param>
/// <param name="time">Clock.</param>
public sealed class KeyRing(IKeyStore store, ServerLeases leases, IdGenerator ids, TimeProvider time) : IKeyRing
{
    /// <summary>From the making of a successor until it signs. Servers look for new keys several times within it.</summary>
    public static readonly TimeSpan ActivationDelay = TimeSpan.FromSeconds(15);

    private const string Lease = "keys";

    /// <summary>Longer than an RSA key takes on a busy machine.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    private FrozenDictionary<string, IReadOnlyList<SigningKey>> _keys = FrozenDictionary<
        string,
        IReadOnlyList<SigningKey>
    >.Empty;

    private readonly Dictionary<string, string> _announced = [];

    /// <summary>One refresh at a time is announced: who returns from one knows that all who listen have the keys.</summary>
    private readonly Lock _announcing = new();

    /// <inheritdoc />
    public event Action<string>? Changed;

    /// <inheritdoc />
    public SigningKey Current(string purpose)
    {
        var now = time.GetUtcNow();
        var keys = Stored(purpose);
        foreach (var key in keys)
            if (key.Created <= now && (key.Retired is null || key.Retired > now))
                return key;

        // Clocks of two servers differ, or the only key lies in the future: the oldest unretired key is known everywhere.
        return keys.LastOrDefault(key => key.Retired is null)
            ?? throw new InvalidOperationException($"No key for '{purpose}': the key ring has not been loaded.");
    }

    /// <inheritdoc />
    public IReadOnlyList<SigningKey> Published(string purpose)
    {
        if (Stored(purpose).Count == 0)
            return [];
        var oldest = time.GetUtcNow() - KeyPurposes.PublishedAfterRetirement(purpose);
        var current = Current(purpose);
        return
        [
            current,
            .. Stored(purpose).Where(key => key.Id != current.Id && (key.Retired is null || key.Retired > oldest)),
        ];
    }

    /// <summary>Reads every purpose from the store and makes the first key of each that has none.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the keys known so far stay in force.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await RefreshAsync(cancellation).ConfigureAwait(false);
        if (KeyPurposes.All.All(purpose => Stored(purpose).Count > 0))
            return;
        await leases
            .RunAloneAsync(Lease, LeaseTime, () => MakeFirstAsync(cancellation), cancellation)
            .ConfigureAwait(false);
        await RefreshAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes over what other servers have changed.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the keys known so far stay in force.</exception>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        var read = new Dictionary<string, IReadOnlyList<SigningKey>>();
        foreach (var purpose in KeyPurposes.All)
            read[purpose] =
            [
                .. (await store.ReadKeysAsync(purpose, cancellation).ConfigureAwait(false))
                    .OrderByDescending(key => key.Created)
                    .ThenByDescending(key => key.Id, StringComparer.Ordinal),
            ];
        lock (_announcing)
        {
            _keys = read.ToFrozenDictionary();
            foreach (var purpose in KeyPurposes.All)
                Announce(purpose);
        }
    }

    /// <summary>Tells of a change, also when a key comes into force by the mere passing of time.</summary>
    private void Announce(string purpose)
    {
        var standing = string.Join(' ', Published(purpose).Select(key => key.Id));
        if (standing.Length == 0 || _announced.TryGetValue(purpose, out var known) && known == standing)
            return;
        _announced[purpose] = standing;
        Changed?.Invoke(purpose);
    }

    /// <summary>
    /// Makes the successor of a purpose's key: published now, signing after <see cref="ActivationDelay"/>, when the
    /// present key retires.
    /// </summary>
    /// <returns>The new key.</returns>
    public async Task<SigningKey> RotateAsync(string purpose, CancellationToken cancellation)
    {
        SigningKey? successor = null;
        await leases
            .RunAloneAsync(
                Lease,
                LeaseTime,
                async () => successor = await MakeSuccessorAsync(purpose, cancellation).ConfigureAwait(false),
                cancellation
            )
            .ConfigureAwait(false);
        await RefreshAsync(cancellation).ConfigureAwait(false);
        return successor!;
    }

    private async Task MakeFirstAsync(CancellationToken cancellation)
    {
        foreach (var purpose in KeyPurposes.All)
            if ((await store.ReadKeysAsync(purpose, cancellation).ConfigureAwait(false)).Count == 0)
                await store.SaveKeyAsync(NewKey(purpose, time.GetUtcNow()), cancellation).ConfigureAwait(false);
    }

    private async Task<SigningKey> MakeSuccessorAsync(string purpose, CancellationToken cancellation)
    {
        await RefreshAsync(cancellation).ConfigureAwait(false);
        var successor = NewKey(purpose, time.GetUtcNow() + ActivationDelay);
        var present = Stored(purpose).Where(key => key.Retired is null).ToList();
        await store.SaveKeyAsync(successor, cancellation).ConfigureAwait(false);
        foreach (var key in present)
            await store
                .SaveKeyAsync(key with { Retired = Later(successor.Created, key.Created) }, cancellation)
                .ConfigureAwait(false);
        return successor;
    }

    private SigningKey NewKey(string purpose, DateTimeOffset from) =>
        new(purpose, ids.Next(), KeyPurposes.NewSecret(purpose), from);

    private IReadOnlyList<SigningKey> Stored(string purpose) => _keys.GetValueOrDefault(purpose) ?? [];

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
