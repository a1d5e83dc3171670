using System.Collections.Concurrent;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>Answers as the test says, and keeps what was sent.</summary>
internal sealed class ScriptedSender : INotificationSender
{
    public static readonly SendOutcome Ok = new(SendResult.Accepted, 200);

    public Func<OutgoingNotification, Task<SendOutcome>> Answer { get; set; } = _ => Task.FromResult(Ok);

    public ConcurrentQueue<OutgoingNotification> Sent { get; } = new();

    public IEnumerable<(string Id, Notification Notification)> Read =>
        Sent.Select(s => (s.Id, NotificationReader.TryRead(s.Body, out var read) ? read : throw new FormatException()));

    public IEnumerable<(string Id, Notification Notification)> Events =>
        Read.Where(n => n.Notification.Type == NotificationType.EventNotification);

    public static SendOutcome Http(int status, int? retryAfter = null) =>
        new(
            status == 410 ? SendResult.Gone : SendResult.Failed,
            status,
            DeliveryError.ErrorResponse($"HTTP {status}"),
            retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null
        );

    public Task<SendOutcome> SendAsync(OutgoingNotification notification, CancellationToken cancellation)
    {
        Sent.Enqueue(notification);
        return Answer(notification).WaitAsync(cancellation);
    }
}
