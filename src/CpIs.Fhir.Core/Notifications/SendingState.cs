using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <summary>After any other failure.</summary>
    public SendingState AfterFailed(DateTimeOffset now, string error) =>
        new(Failures + 1, FailingSince ?? now, error, (ApartOrNone with { Suspect = null }).OrNull);
}

/// <summary>
/// Events that are not sent with the others, so that one which a receiver never takes holds up nobody: it is tried alone, and set aside when a later one
/// is taken. It stays untold, on the work-list, and is tried each hour.
/// </summary>
public sealed record ApartEvents
{
    /// <summary>Most events that are set aside; beyond them the endpoint itself is held to fail.</summary>
    public const int MostAside = 20;

    /// <summary>How often one that is set aside is tried.</summary>
    public static readonly TimeSpan TriedEvery = TimeSpan.FromHours(1);

    /// <summary>None.</summary>
    public static readonly ApartEvents None = new();

    /// <summary>Up to this number each event is sent alone, because one of a batch was refused; 0 for none.</summary>
    [JsonPropertyName("t")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long AloneThrough { get; init; }

    /// <summary>The event that was just refused alone, until it is known whether a later one is taken.</summary>
    [JsonPropertyName("s")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Suspect { get; init; }

    /// <summary>Those that are set aside, in the order in which they were.</summary>
    [JsonPropertyName("a")]
    public IReadOnlyList<AsideEvent> Aside { get; init; } = [];

    /// <summary>When the next of them is tried; null without any.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextAside => Aside.Count == 0 ? null : Aside.Min(aside => aside.Next);

    /// <summary>Numbers that are not sent with the others.</summary>
    [JsonIgnore]
    public IReadOnlyList<long> Numbers =>
        Suspect is { } suspect
            ? [.. Aside.Select(aside => aside.Number), suspect]
            : [.. Aside.Select(aside => aside.Number)];

    internal ApartEvents? OrNull => AloneThrough == 0 && Suspect is null && Aside.Count == 0 ? null : this;

    /// <summary>As it is kept, or null for none.</summary>
    public static string? Write(ApartEvents? apart) =>
        apart is null ? null : JsonSerializer.Serialize(apart, ApartEventsJson.Default.ApartEvents);

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static ApartEvents? Read(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, ApartEventsJson.Default.ApartEvents);

    /// <summary>The number of one that is set aside and whose hour has come.</summary>
    public long? DueAt(DateTimeOffset now) => Aside.FirstOrDefault(aside => aside.Next <= now)?.Number;

    /// <summary>How many of the events from this number on are sent together.</summary>
    public int MostFrom(long number, int most) => number <= AloneThrough ? 1 : most;

    internal ApartEvents AfterAccepted(IReadOnlyList<NotificationEvent> events, DateTimeOffset now)
    {
        if (IsAside(events))
            return this with { Aside = [.. Aside.Where(aside => aside.Number != events[0].Number)] };
        return this with
        {
            AloneThrough = events[^1].Number >= AloneThrough ? 0 : AloneThrough,
            Suspect = null,
            Aside = Suspect is { } suspect ? [.. Aside, new AsideEvent(suspect, now + TriedEvery)] : Aside,
        };
    }

    internal ApartEvents? AfterRefused(IReadOnlyList<NotificationEvent> events, DateTimeOffset now)
    {
        if (IsAside(events))
            return this with
            {
                Aside =
                [
                    .. Aside.Where(aside => aside.Number != events[0].Number),
                    new AsideEvent(events[0].Number, now + TriedEvery),
                ],
            };
        if (events.Count > 1)
            return this with { AloneThrough = events[^1].Number };
        return Suspect is null && Aside.Count < MostAside ? this with { Suspect = events[0].Number } : null;
    }

    private bool IsAside(IReadOnlyList<NotificationEvent> events) =>
        events is [var only] && Aside.Any(aside => aside.Number == only.Number);
}

/// <summary>An event that is set aside.</summary>
/// <param name="Number">Which.</param>
/// <param name="Next">When it is tried again.</param>
public sealed record AsideEvent(
    [property: JsonPropertyName("n")] long Number,
    [property: JsonPropertyName("x")] DateTimeOffset Next
);

[JsonSerializable(typeof(ApartEvents))]
internal sealed partial class ApartEventsJson : JsonSerializerContext;
