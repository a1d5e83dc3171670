namespace CpIs.Fhir.Core.Notifications;

/// <summary>How a Subscription is left when its holder gives it back.</summary>
/// <param name="State">How sending stands.</param>
/// <param name="Next">When it is tried next.</param>
public sealed record SendingEnd(SendingState State, DateTimeOffset Next);
