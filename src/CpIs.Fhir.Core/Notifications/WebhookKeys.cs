using CpIs.Fhir.Core.Keys;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The keys that sign notifications and their public set. Everything published that was not retired long ago signs, so
/// that a receiver which knows the old key or the new one is satisfied during a rotation.
/// </summary>
/// <param name="ring">The exchange's own keys.</param>
/// <param name="time">Clock.</param>
public sealed class WebhookKeys(IKeyRing ring, TimeProvider time)
{
    /// <summary>How long a retired key goes on signing next to its successor: as long as a receiver may cache the set.</summary>
    public static readonly TimeSpan SignsAfterRetirement = TimeSpan.FromHours(24);

    /// <summary>Private keys (32-byte seeds) that sign now, the current one first.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Seeds()
    {
        var since = time.GetUtcNow() - SignsAfterRetirement;
        return ring.Published(KeyPurposes.Webhook)
            .Where(key => key.Retired is null || key.Retired > since)
            .Select(key => key.Secret);
    }

    /// <summary>The JWK Set to publish.</summary>
    public byte[] KeySet() =>
        WebhookKeySet.Write(
            ring.Published(KeyPurposes.Webhook)
                .Select(key => (key.Id, (ReadOnlyMemory<byte>)WebhookSignature.PublicKeyOf(key.Secret.Span)))
        );
}
