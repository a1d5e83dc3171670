namespace CpIs.Fhir.Core.Notifications;

/// <summary>One numbered event on one Subscription.</summary>
/// <param name="SubscriptionId">The Subscription.</param>
/// <param name="Number">1, 2, 3, ... without gap, but for those after a restore (<see cref="NumberingGap"/>).</param>
/// <param name="Time">When the first of its occurrences happened.</param>
/// <param name="Occurrences">Ids of the occurrences it reports, oldest first; ids of their AuditEvents.</param>
/// <param name="Delivered">When a receiver took it, or null.</param>
public sealed record NotificationEvent(
    string SubscriptionId,
    long Number,
    DateTimeOffset Time,
    IReadOnlyList<string> Occurrences,
    DateTimeOffset? Delivered
);
