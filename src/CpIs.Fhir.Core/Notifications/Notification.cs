namespace CpIs.Fhir.Core.Notifications;

/// <summary>A notification as its receiver reads it.</summary>
/// <param name="Id">Id of the Bundle, the same on every retry; null where the sender gave none.</param>
/// <param name="Type">Handshake, heartbeat or event notification.</param>
/// <param name="Subscription">Reference to the Subscription, as it stood.</param>
/// <param name="Status">Status code of the Subscription.</param>
/// <param name="EventCount">Events since the Subscription was created; a gap to what was received shows what is missing.</param>
/// <param name="Events">The events reported.</param>
public sealed record Notification(
    string? Id,
    NotificationType Type,
    string Subscription,
    string Status,
    long? EventCount,
    IReadOnlyList<NotifiedEvent> Events
);

/// <summary>One event as its receiver reads it.</summary>
/// <param name="Number">Its number on this Subscription.</param>
/// <param name="Time">When it happened, where known.</param>
/// <param name="References">Focus first, then context: the AuditEvents to fetch. Empty with payload <c>empty</c>.</param>
public sealed record NotifiedEvent(long Number, DateTimeOffset? Time, IReadOnlyList<string> References);
