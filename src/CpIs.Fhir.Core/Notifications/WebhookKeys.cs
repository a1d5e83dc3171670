using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The keys that sign notifications, shared by every server through the store. All keys in force sign, so that a receiver
/// that knows the old or the new one is satisfied during a rotation; a retired key's public half stays published for
/// <see cref="PublishedAfterRetirement"/>.
/// </summary>
/// <param name="store">Where keys are kept.</param>
/// <param name="ids">Names a new key.</param>
/// <param name="time">Clock.</param>
public sealed class WebhookKeys(IRegistrationStore store, IdGenerator ids, TimeProvider time) : IDisposable
{
    /// <summary>Purpose of these keys in <see cref="IRegistrationStore"/>.</summary>
    public const string Purpose = "webhook";

    /// <summary>How long a retired key stays published; longer than any signature's tolerance and any receiver's cache.</summary>
    public static readonly TimeSpan PublishedAfterRetirement = TimeSpan.FromDays(7);

    /// <summary>How long a server may not know of a key that another server, or an operator, has added.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private (IReadOnlyList<SigningKey> Keys, DateTimeOffset Read)? _known;

    /// <summary>Private keys that sign now, newest first; the first start makes one.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadSeedsAsync(CancellationToken cancellation) =>
        [
            .. (await ReadAsync(cancellation).ConfigureAwait(false))
                .Where(k => k.Retired is null || k.Retired > time.GetUtcNow())
                .Select(k => k.Secret),
        ];

    /// <summary>The published JWK Set.</summary>
    public async Task<byte[]> ReadKeySetAsync(CancellationToken cancellation)
    {
        var since = time.GetUtcNow() - PublishedAfterRetirement;
        var keys = await ReadAsync(cancellation).ConfigureAwait(false);
        return WebhookKeySet.Write(
            keys.Where(k => k.Retired is null || k.Retired > since)
                .Select(k => (k.Id, (ReadOnlyMemory<byte>)WebhookSignature.PublicKeyOf(k.Secret.Span)))
        );
    }

    /// <inheritdoc />
    public void Dispose() => _reading.Dispose();

    private async Task<IReadOnlyList<SigningKey>> ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            if (_known is { } known && now - known.Read < RefreshAfter)
                return known.Keys;
            var keys = await store.ReadKeysAsync(Purpose, cancellation).ConfigureAwait(false);
            if (!keys.Any(k => k.Retired is null || k.Retired > now))
            {
                // Two servers that start together make one key each; both are kept, and both sign.
                var key = new SigningKey(Purpose, ids.Next(), WebhookSignature.NewSeed(), now);
                await store.SaveKeyAsync(key, cancellation).ConfigureAwait(false);
                keys = await store.ReadKeysAsync(Purpose, cancellation).ConfigureAwait(false);
            }

            _known = (keys, now);
            return keys;
        }
        finally
        {
            _reading.Release();
        }
    }
}
