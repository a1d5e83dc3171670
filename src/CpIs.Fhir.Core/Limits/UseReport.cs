namespace CpIs.Fhir.Core.Limits;

/// <summary>What one server granted within one interval. Never changed once it is written.</summary>
/// <param name="Server">Who granted; unique to the process.</param>
/// <param name="Number">1, 2, 3, ... for each server; a report is written before the next one is begun.</param>
/// <param name="Time">When it was made, by the clock of its server.</param>
/// <param name="Uses">At most 5,000, no key twice.</param>
public sealed record UseReport(string Server, long Number, DateTimeOffset Time, IReadOnlyList<Use> Uses);
