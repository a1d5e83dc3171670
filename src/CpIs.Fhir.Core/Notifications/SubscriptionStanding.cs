using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>What a status says of a Subscription, whoever asks and why.</summary>
/// <param name="SubscriptionId">Which.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Content">Decides whether the topic is named (not with <c>empty</c>).</param>
/// <param name="EventCount">Events since it was created, delivered or not.</param>
/// <param name="Error">What the last failed attempt met (<see cref="DeliveryError"/>), or null.</param>
public sealed record SubscriptionStanding(
    string SubscriptionId,
    SubscriptionStatus Status,
    PayloadContent Content,
    long EventCount,
    string? Error
)
{
    /// <summary>Whether it is its authority's place of action (<see cref="PlacesOfAction"/>), for <c>$status</c>; null in notifications, which do not say it.</summary>
    public bool? IsPlaceOfAction { get; init; }

    /// <summary>What it is told of.</summary>
    public Topic Topic { get; init; }

    /// <summary>The standing of a Subscription by its terms and its ledger.</summary>
    public static SubscriptionStanding Of(string subscriptionId, SubscriptionTerms terms, SubscriptionLedger ledger) =>
        new(subscriptionId, terms.Status, terms.Content, ledger.EventCount, ledger.LastError) { Topic = terms.Topic };
}
