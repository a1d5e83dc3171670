namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// A named person of an authority acknowledges notices: they are taken, and end where nobody was told yet (promise 3). Events on an
/// inbox that tell of them are delivered. Each must be the authority's and not taken yet, else the whole commit is a conflict.
/// </summary>
/// <param name="Authority">Whose.</param>
/// <param name="Occurrences">Accesses of which it is to be told, at most 1,000, each once.</param>
/// <param name="Time">When.</param>
/// <param name="By">Id of the occurrence that says who, in the same commit.</param>
public sealed record NoticesTaken(OdsCode Authority, IReadOnlyList<string> Occurrences, DateTimeOffset Time, string By);
