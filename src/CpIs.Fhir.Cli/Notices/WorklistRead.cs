namespace CpIs.Fhir.Cli.Notices;

/// <summary>A work-list as it was at one time.</summary>
/// <param name="AsOf">When, by the exchange's clock.</param>
/// <param name="Untold">Notices in all of which nobody has been told; of an operator, over all authorities.</param>
/// <param name="OldestUntold">When the oldest of these children was looked up, or null.</param>
/// <param name="Lines">Oldest first.</param>
/// <param name="HasMore">True when lines were left out because only so many were wanted.</param>
internal sealed record WorklistRead(
    DateTimeOffset AsOf,
    long Untold,
    DateTimeOffset? OldestUntold,
    IReadOnlyList<IWaiting> Lines,
    bool HasMore
)
{
    /// <summary>Records of which the case system said otherwise than a form; only with what is untold.</summary>
    public IReadOnlyList<ChangedByForm> Changed { get; init; } = [];

    /// <summary>Where the authority is told, a sentence each; none for an operator.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];
}
