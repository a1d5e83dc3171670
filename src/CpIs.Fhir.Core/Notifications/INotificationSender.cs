namespace CpIs.Fhir.Core.Notifications;

/// <summary>Posts one notification once. Never throws for what the receiver or the network does: that is an outcome.</summary>
public interface INotificationSender
{
    /// <summary>One attempt, signed afresh.</summary>
    /// <exception cref="OperationCanceledException">The server is stopping; nothing is known of the outcome.</exception>
    Task<SendOutcome> SendAsync(OutgoingNotification notification, CancellationToken cancellation);
}

/// <summary>What is posted.</summary>
/// <param name="Id">See <see cref="NotificationId"/>.</param>
/// <param name="Endpoint">Where to.</param>
/// <param name="ContentType">To the letter as the Subscription asks for it.</param>
/// <param name="Headers">Header lines to send along.</param>
/// <param name="Body">The Bundle.</param>
/// <param name="Timeout">How long the attempt may take in all.</param>
public sealed record OutgoingNotification(
    string Id,
    Uri Endpoint,
    string ContentType,
    IReadOnlyList<string> Headers,
    ReadOnlyMemory<byte> Body,
    TimeSpan Timeout
);

/// <summary>How an attempt ended.</summary>
public enum SendResult
{
    /// <summary>2xx: the receiver has it.</summary>
    Accepted,

    /// <summary>A transport has it, and has yet to bring it to the receiver: nothing is settled.</summary>
    UnderWay,

    /// <summary>410: the receiver wants no more, ever.</summary>
    Gone,

    /// <summary>Anything else; try again.</summary>
    Failed,
}

/// <summary>The end of one attempt.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="HttpStatus">What was answered, or null when nobody answered.</param>
/// <param name="Error">A <see cref="DeliveryError"/>; null when accepted.</param>
/// <param name="RetryAfter">What the receiver asked for, unclamped.</param>
/// <param name="MessageId">Under which id the transport has it; null unless it is under way.</param>
public sealed record SendOutcome(
    SendResult Result,
    int? HttpStatus = null,
    string? Error = null,
    TimeSpan? RetryAfter = null,
    string? MessageId = null
)
{
    /// <summary>True when there was nothing to send of this event, whoever receives it.</summary>
    public bool IsOfTheEvent { get; init; }

    /// <summary>
    /// True when the receiver says that it does not take what was sent, and not that it cannot be reached, lets nobody in or is busy: then the
    /// fault may be in one event.
    /// </summary>
    public bool IsRefusal => IsOfTheEvent || HttpStatus is 400 or 409 or 413 or 415 or 422;
}
