namespace CpIs.Fhir.Core.Notifications;

/// <summary>What a notification Bundle, or the answer to <c>$status</c>, is for.</summary>
public enum NotificationType
{
    /// <summary>The first call, which the receiver answers to say that it listens.</summary>
    Handshake,

    /// <summary>Nothing happened; the line is alive.</summary>
    Heartbeat,

    /// <summary>At least one event.</summary>
    EventNotification,

    /// <summary>The answer to <c>$status</c>; never sent on a channel.</summary>
    QueryStatus,

    /// <summary>The answer to <c>$events</c>; never sent on a channel.</summary>
    QueryEvent,
}

/// <summary>The codes of <see cref="NotificationType"/>, both ways.</summary>
public static class NotificationTypes
{
    /// <summary>The code on the wire.</summary>
    public static string Code(this NotificationType type) =>
        type switch
        {
            NotificationType.Handshake => "handshake",
            NotificationType.Heartbeat => "heartbeat",
            NotificationType.EventNotification => "event-notification",
            NotificationType.QueryStatus => "query-status",
            NotificationType.QueryEvent => "query-event",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    /// <summary>The type of a code, or null.</summary>
    public static NotificationType? FromCode(string? code) =>
        code switch
        {
            "handshake" => NotificationType.Handshake,
            "heartbeat" => NotificationType.Heartbeat,
            "event-notification" => NotificationType.EventNotification,
            "query-status" => NotificationType.QueryStatus,
            "query-event" => NotificationType.QueryEvent,
            _ => null,
        };
}
