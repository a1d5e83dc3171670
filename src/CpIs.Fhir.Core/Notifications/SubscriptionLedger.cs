namespace CpIs.Fhir.Core.Notifications;

/// <summary>A Subscription's standing.</summary>
/// <param name="EventCount">The number of its latest event: events since it was created, delivered or not (<c>eventsSinceSubscriptionStart</c>), with what was passed over after a restore (<see cref="NumberingGap"/>).</param>
/// <param name="Undelivered">Of these, not yet delivered.</param>
/// <param name="OldestUndelivered">When the oldest of those happened.</param>
/// <param name="FailingSince">First failed attempt since the last success, or null.</param>
/// <param name="LastError">What the last failed attempt met; null after a success.</param>
/// <param name="LastTaken">When its receiver last took anything of any server (the latest, if told out of order); null for never.</param>
/// <param name="Failures">Failed attempts since the last success.</param>
public sealed record SubscriptionLedger(
    long EventCount,
    long Undelivered,
    DateTimeOffset? OldestUndelivered,
    DateTimeOffset? FailingSince,
    string? LastError,
    DateTimeOffset? LastTaken = null,
    int Failures = 0
);
