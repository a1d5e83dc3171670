using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>A rule that a profile adds, and the elements on which it holds.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Elements">Ids of the elements.</param>
public sealed record PlacedRule(ConstraintModel Rule, IReadOnlyList<string> Elements);
