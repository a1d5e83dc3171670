namespace CpIs.Fhir.Core.Occurrences;

/// <summary>Which attendance an unscheduled hit belongs to, for one authority whose plans it showed.</summary>
/// <param name="Authority">The authority that is told once of the attendance.</param>
/// <param name="Opener">Id of the occurrence that opened it; its own id where it did.</param>
/// <param name="Opened">When that was, in UTC to the millisecond.</param>
public sealed record AttendancePart(OdsCode Authority, string Opener, DateTimeOffset Opened);
