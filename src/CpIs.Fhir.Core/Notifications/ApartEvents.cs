using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Events that are not sent with the others. One which a receiver never takes is tried alone, and set aside when a later one is taken, so that it holds up
/// nobody; it stays untold, on the work-list, and is tried each hour. One that is under way as a message has been sent, and is not yet told.
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

    /// <summary>Messages that were accepted for transport and that nobody has acknowledged yet, in the order in which they were sent.</summary>
    [JsonPropertyName("w")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<UnderWayMessage>? Messages { get; init; }

    /// <summary>The same, empty for none.</summary>
    [JsonIgnore]
    public IReadOnlyList<UnderWayMessage> UnderWay => Messages ?? [];

    /// <summary>When the next that is set aside is tried, or a message that is under way is asked about; null without any.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextAside =>
        AtRest
            .Select(aside => aside.Next)
            .Concat(UnderWay.Select(message => message.Next))
            .Min(next => (DateTimeOffset?)next);

    /// <summary>Numbers that are not sent with the others.</summary>
    [JsonIgnore]
    public IReadOnlyList<long> Numbers =>
        [
            .. Aside.Select(aside => aside.Number),
            .. UnderWay.Select(message => message.Number),
            .. Suspect is { } suspect ? [suspect] : Array.Empty<long>(),
        ];

    /// <summary>Those that are set aside, but for one that is under way as a message once more.</summary>
    private IEnumerable<AsideEvent> AtRest =>
        Aside.Where(aside => !UnderWay.Any(message => message.Number == aside.Number));

    internal ApartEvents? OrNull =>
        AloneThrough == 0 && Suspect is null && Aside.Count == 0 && UnderWay.Count == 0 ? null : this;

    /// <summary>As it is kept, or null for none.</summary>
    public static string? Write(ApartEvents? apart) =>
        apart is null ? null : JsonSerializer.Serialize(apart, ApartEventsJson.Default.ApartEvents);

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static ApartEvents? Read(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, ApartEventsJson.Default.ApartEvents);

    /// <summary>The number of one that is set aside and whose hour has come, or that is under way and to be asked about.</summary>
    public long? DueAt(DateTimeOffset now) =>
        AtRest.FirstOrDefault(aside => aside.Next <= now)?.Number
        ?? UnderWay.FirstOrDefault(message => message.Next <= now)?.Number;

    /// <summary>The message to ask about: one that is due, or the one of the event that was taken.</summary>
    public UnderWayMessage? ToAskAbout(long taken, DateTimeOffset now) =>
        UnderWay.FirstOrDefault(message => message.Next <= now)
        ?? UnderWay.FirstOrDefault(message => message.Number == taken);

    /// <summary>How often the message of an event that is set aside came back.</summary>
    public int ReturnsOf(long number) => Aside.FirstOrDefault(aside => aside.Number == number)?.Returns ?? 0;

    /// <summary>How many of the events from this number on are sent together, or claimed.</summary>
    public int MostFrom(long number, int most) => number <= AloneThrough ? 1 : most;

    internal ApartEvents AfterAccepted(IReadOnlyList<NotificationEvent> events, DateTimeOffset now)
    {
        var aside = Aside.Where(each => !events.Any(told => told.Number == each.Number));
        return this with
        {
            AloneThrough = !IsAside(events) && events[^1].Number >= AloneThrough ? 0 : AloneThrough,
            Suspect = null,
            Aside = [.. Suspect is { } suspect ? aside.Append(new AsideEvent(suspect, now + TriedEvery)) : aside],
        };
    }

    /// <summary>A message is not told yet: one that was aside stays so until it is acknowledged.</summary>
    internal ApartEvents AfterSent(NotificationEvent told, DateTimeOffset now)
    {
        var kept = Aside.Where(aside => aside.Number == told.Number).ToList();
        var sent = AfterAccepted([told], now);
        return sent with { Aside = [.. kept, .. sent.Aside] };
    }

    internal ApartEvents NotAside(long number) =>
        this with
        {
            Aside = [.. Aside.Where(aside => aside.Number != number)],
        };

    internal ApartEvents? SetAside(AsideEvent aside)
    {
        var others = NotAside(aside.Number).Aside;
        return others.Count < MostAside ? this with { Aside = [.. others, aside] } : null;
    }

    internal ApartEvents? AfterRefused(IReadOnlyList<NotificationEvent> events, DateTimeOffset now)
    {
        if (IsAside(events))
            return this with
            {
                Aside = [.. NotAside(events[0].Number).Aside, new AsideEvent(events[0].Number, now + TriedEvery)],
            };
        if (events.Count > 1)
            return this with { AloneThrough = events[^1].Number };
        return Suspect is null && Aside.Count < MostAside ? this with { Suspect = events[0].Number } : null;
    }

    internal ApartEvents With(UnderWayMessage message) =>
        Without(message) with
        {
            Messages = [.. Others(message), message],
        };

    internal ApartEvents Without(UnderWayMessage message) =>
        this with
        {
            Messages = Others(message) is { Count: > 0 } others ? others : null,
        };

    private List<UnderWayMessage> Others(UnderWayMessage message) =>
        [.. UnderWay.Where(each => each.Number != message.Number)];

    private bool IsAside(IReadOnlyList<NotificationEvent> events) =>
        events is [var only] && Aside.Any(aside => aside.Number == only.Number);
}

/// <summary>An event that is set aside.</summary>
/// <param name="Number">Which.</param>
/// <param name="Next">When it is tried again.</param>
/// <param name="Returns">How often its message came back.</param>
public sealed record AsideEvent(
    [property: JsonPropertyName("n")] long Number,
    [property: JsonPropertyName("x")] DateTimeOffset Next,
    [property: JsonPropertyName("r"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Returns = 0
);

[JsonSerializable(typeof(ApartEvents))]
internal sealed partial class ApartEventsJson : JsonSerializerContext;
