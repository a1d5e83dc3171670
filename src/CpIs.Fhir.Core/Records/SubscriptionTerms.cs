using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Records;

/// <summary>What the engine needs of a Subscription, kept with its stored resource so that nothing is parsed to send.</summary>
public sealed record SubscriptionTerms
{
    /// <summary>The one payload that is sent. A Subscription that asks for it with parameters (fhirVersion=4.0) is kept without them.</summary>
    public const string FhirJson = "application/fhir+json";

    /// <summary>Where it stands.</summary>
    public required SubscriptionStatus Status { get; init; }

    /// <summary>True once its handshake has been answered: it takes events even in status <c>error</c>.</summary>
    public bool Activated { get; init; }

    /// <summary>What it is told of. It never changes, as its numbers belong to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Topic Topic { get; init; }

    /// <summary>How it is served. It never changes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ChannelKind Channel { get; init; }

    /// <summary>Absolute URL that notifications are posted to; empty for an inbox.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Header lines to send along, each <c>Name: value</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>What to say of each event.</summary>
    public PayloadContent Content { get; init; } = PayloadContent.IdOnly;

    /// <summary>Content-Type of the POST: <c>Subscription.channel.payload</c>.</summary>
    public string ContentType { get; init; } = FhirJson;

    /// <summary>Most events in one notification, 1 to 100.</summary>
    public int MaxCount { get; init; } = 1;

    /// <summary>How long one attempt may take; null for the server's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The longest silence before a heartbeat; null for none.</summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>When the client wants it to end by itself (<c>Subscription.end</c>); null for never.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>
    /// Whether its authority named it as its place of action: true, or false for one that never is; null when it said neither
    /// (<c>PlacesOfAction</c>).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? PlaceOfAction { get; init; }

    /// <summary>True when events are numbered and sent: active, or in error after having been active.</summary>
    public bool TakesEvents => Status == SubscriptionStatus.Active || (Status == SubscriptionStatus.Error && Activated);
}
