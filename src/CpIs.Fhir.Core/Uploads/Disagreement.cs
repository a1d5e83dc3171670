using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>Something in an upload that does not agree with something else in it.</summary>
/// <param name="Rule">Stable id of the rule: the key of the invariant in profile CPIS-Upload.</param>
/// <param name="At">The element that is meant; where it is missing, the one that it is missing in.</param>
/// <param name="Text">What was sent, what is expected and what to do. Never with an NHS number, a name or a date of birth.</param>
/// <param name="Missing">Name of the element that is missing in <paramref name="At"/>; null when it is there.</param>
public sealed record Disagreement(string Rule, ISentElement At, string Text, string? Missing = null);
