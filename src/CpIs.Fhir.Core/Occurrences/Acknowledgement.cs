namespace CpIs.Fhir.Core.Occurrences;

/// <summary>Who took notices, as an occurrence keeps it. Shown to the authority's own people alone: a note may speak of a child.</summary>
/// <param name="Person">Name of the person, as colleagues read it.</param>
/// <param name="Note">What they noted, or null.</param>
public sealed record Acknowledgement(string Person, string? Note);
