namespace CpIs.Fhir.Core.Notifications;

/// <summary>When a claim is made, for how long, and what is too new for it.</summary>
/// <param name="Now">The time.</param>
/// <param name="Lease">How long the claim is its holder's.</param>
/// <param name="Quiet">How long an event waits for another that raced with it.</param>
public sealed record ClaimTerms(DateTimeOffset Now, TimeSpan Lease, TimeSpan Quiet)
{
    /// <summary>
    /// Notices that one claim is for at most: a receiver that is far behind gets them one after the other, without a claim for each. What the
    /// lease covers, and what a server that is killed may have to repeat, stays small.
    /// </summary>
    public int Notices { get; init; } = 20;
}
