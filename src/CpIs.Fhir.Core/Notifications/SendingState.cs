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
