namespace CpIs.Fhir.Core.Worklists;

/// <summary>What an authority has not been told of.</summary>
/// <param name="Authority">Which.</param>
/// <param name="Count">How many notices, at least 1.</param>
/// <param name="Oldest">When the oldest of these children was looked up.</param>
public sealed record UntoldNotices(OdsCode Authority, long Count, DateTimeOffset Oldest);
