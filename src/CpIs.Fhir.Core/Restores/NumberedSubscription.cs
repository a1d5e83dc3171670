using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Restores;

/// <summary>How far the numbers of one Subscription have come.</summary>
/// <param name="Id">Which.</param>
/// <param name="Authority">Whose.</param>
/// <param name="LastNumber">The last number given, or passed over; 0 for none.</param>
/// <param name="Gaps">What was passed over after earlier restores, oldest first.</param>
public sealed record NumberedSubscription(
    string Id,
    OdsCode Authority,
    long LastNumber,
    IReadOnlyList<NumberingGap> Gaps
)
{
    /// <summary>True when no number was given since the last jump.</summary>
    public bool IsAtJump => Gaps.Count > 0 && Gaps[^1].Last == LastNumber;
}
