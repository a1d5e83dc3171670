using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The id of a notification (<c>webhook-id</c>, and <c>Bundle.id</c>). It is made of what the notification tells and of
/// nothing else, so that a retry, even by another server after a crash, carries the id of the first attempt.
/// </summary>
public static class NotificationId
{
    /// <summary>
    /// Of events: the same Subscription, numbers and occurrences give the same id. Never of numbers alone: after a restore of an older copy a
    /// number may be given again, and what it then tells of must not look like a repeat (design: "Identity of a notice").
    /// </summary>
    public static string Of(string subscriptionId, IEnumerable<NotificationEvent> events) =>
        From(
            $"event-notification/{subscriptionId}/{string.Join(';', events.Select(told => $"{told.Number} {string.Join(',', told.Occurrences.Order(StringComparer.Ordinal))}"))}"
        );

    /// <summary>Of the handshake for one version of a Subscription.</summary>
    public static string OfHandshake(string subscriptionId, int version) =>
        From($"handshake/{subscriptionId}/{version}");

    /// <summary>Of the heartbeat at a time.</summary>
    public static string OfHeartbeat(string subscriptionId, DateTimeOffset time) =>
        From($"heartbeat/{subscriptionId}/{time.ToUnixTimeMilliseconds()}");

    /// <summary>A version 8 UUID (RFC 9562: made by the application) of the SHA-256 of the text.</summary>
    private static string From(string text)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
