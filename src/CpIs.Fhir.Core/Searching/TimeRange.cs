namespace CpIs.Fhir.Core.Searching;

/// <summary>Instants that a search asks for, to the millisecond.</summary>
/// <param name="From">Earliest, included; null is open.</param>
/// <param name="To">Latest, included; null is open.</param>
/// <param name="IsOutside">True when all other instants are asked for. Both ends are then set.</param>
public sealed record TimeRange(DateTimeOffset? From, DateTimeOffset? To, bool IsOutside = false);
