using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The id of a notification (<c>webhook-id</c>, and <c>Bundle.id</c>). It is made of what the notification tells and of
/// nothing else, so that a retry, even by another server after a crash, carries the id of the first attempt.
/// </summary>
public static class NotificationId
{
    /// <summary>Of events: the same Subscription and the same numbers give the same id.</summary>
    public static string Of(string subscriptionId, IEnumerable<long> numbers) =>
        From($"event-notification/{subscriptionId}/{string.Join(',', numbers)}");

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
