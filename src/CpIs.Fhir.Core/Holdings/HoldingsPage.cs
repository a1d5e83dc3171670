namespace CpIs.Fhir.Core.Holdings;

/// <summary>A page of what an authority holds.</summary>
/// <param name="Children">The children that have a plan.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record HoldingsPage(IReadOnlyList<HeldChild> Children, string? Next);
