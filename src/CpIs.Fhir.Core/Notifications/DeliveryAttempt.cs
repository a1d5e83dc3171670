namespace CpIs.Fhir.Core.Notifications;

/// <summary>One try to send something to a Subscription, as the ledger keeps it for 90 days.</summary>
/// <param name="Id">Unique.</param>
/// <param name="SubscriptionId">To which.</param>
/// <param name="Time">When it ended, to the millisecond.</param>
/// <param name="Server">Which server tried: the id that it has from its start to its end.</param>
/// <param name="Type">Handshake, heartbeat or events.</param>
/// <param name="FirstNumber">The number of the first event; null without events.</param>
/// <param name="Events">How many events.</param>
/// <param name="HttpStatus">What was answered; null when nobody answered.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Error">A <see cref="DeliveryError"/>; null when it was taken.</param>
public sealed record DeliveryAttempt(
    string Id,
    string SubscriptionId,
    DateTimeOffset Time,
    string Server,
    NotificationType Type,
    long? FirstNumber,
    int Events,
    int? HttpStatus,
    TimeSpan Duration,
    string? Error
);
