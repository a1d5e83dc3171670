namespace CpIs.Fhir.Core.Notifications;

/// <summary>When a claim is made, for how long, and what is too new for it.</summary>
/// <param name="Now">The time.</param>
/// <param name="Lease">How long the claim is its holder's.</param>
/// <param name="Quiet">How long an event waits for another that raced with it.</param>
public sealed record ClaimTerms(DateTimeOffset Now, TimeSpan Lease, TimeSpan Quiet);
