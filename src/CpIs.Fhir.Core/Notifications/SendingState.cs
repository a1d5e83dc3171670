namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// How sending to one Subscription stands. A failure belongs to the endpoint and not to the event (design.md): so it is kept here, and moves
/// one row however many events wait. What is done after an attempt is decided here, and the stores keep what comes of it.
/// </summary>
/// <param name="Failures">Failed attempts since the last success.</param>
/// <param name="FailingSince">When the first of them ended; null while none has failed.</param>
/// <param name="LastError">What the last of them met.</param>
/// <param name="Apart">Which events are sent apart from the others.</param>
public sealed record SendingState(
    int Failures = 0,
    DateTimeOffset? FailingSince = null,
    string? LastError = null,
    ApartEvents? Apart = null
)
{
    /// <summary>Nothing has failed, nothing is apart.</summary>
    public static readonly SendingState Sound = new();

    /// <summary>Events that are sent apart; none for most Subscriptions.</summary>
    public ApartEvents ApartOrNone => Apart ?? ApartEvents.None;

    /// <summary>After a 2xx for these events.</summary>
    public SendingState AfterAccepted(IReadOnlyList<NotificationEvent> events, DateTimeOffset now) =>
        Sound with
        {
            Apart = ApartOrNone.AfterAccepted(events, now).OrNull,
        };

    /// <summary>
    /// After this event was accepted for transport as a message: it is not told, and waits for its acknowledgement. The way to the transport is well
    /// again; a mailbox that has returned messages is well only when one is acknowledged, and until then what came back stays aside.
    /// </summary>
    public SendingState AfterSent(NotificationEvent told, string messageId, DateTimeOffset now) =>
        (DeliveryError.IsReturned(LastError) ? this : Sound) with
        {
            Apart = ApartOrNone.AfterSent(told, now).With(UnderWayMessage.Sent(told.Number, messageId, now)),
        };

    /// <summary>After the transport has said that this message is still waiting, or has not answered.</summary>
    public SendingState AfterAsked(UnderWayMessage message, DateTimeOffset now) =>
        this with
        {
            Apart = ApartOrNone.With(message.Asked(now)),
        };

    /// <summary>After the transport has not said what became of a message: it is not asked about the others that are due either.</summary>
    public SendingState AfterAllAsked(DateTimeOffset now) =>
        ApartOrNone
            .UnderWay.Where(message => message.Next <= now)
            .Aggregate(this, (state, message) => state.AfterAsked(message, now));

    /// <summary>After the recipient has acknowledged this message.</summary>
    public SendingState AfterAcknowledged(UnderWayMessage message) =>
        Sound with
        {
            Apart = ApartOrNone.Without(message).NotAside(message.Number).OrNull,
        };

    /// <summary>After this message was returned: its event is sent again, as a new message.</summary>
    public SendingState AfterReturned(UnderWayMessage message, DateTimeOffset now, string error) =>
        (this with { Apart = ApartOrNone.Without(message).OrNull }).AfterFailed(now, error);

    /// <summary>
    /// An event is set aside, so that it keeps no other waiting. Null when too many are aside already: then it is the endpoint that fails.
    /// </summary>
    public SendingState? SetAside(AsideEvent aside) =>
        ApartOrNone.SetAside(aside) is { } apart ? this with { Apart = apart } : null;

    /// <summary>
    /// After the receiver has answered that it does not take these events, which may be the fault of one of them. Null when it is held to be
    /// the endpoint's: two in a row were refused alone, or too many are set aside already.
    /// </summary>
    public SendingState? AfterRefused(IReadOnlyList<NotificationEvent> events, DateTimeOffset now) =>
        ApartOrNone.AfterRefused(events, now) is { } apart ? this with { Apart = apart.OrNull } : null;

    /// <summary>Nothing more is sent for now: one that was refused alone has had no later one to be judged by, and is sent with the others.</summary>
    public SendingState AtRest() =>
        Apart is { Suspect: not null } ? this with { Apart = (Apart with { Suspect = null }).OrNull } : this;

    /// <summary>After any other failure.</summary>
    public SendingState AfterFailed(DateTimeOffset now, string error) =>
        new(Failures + 1, FailingSince ?? now, error, AtRest().Apart);
}
