namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>One thing in which a profile differs from what it is a profile of.</summary>
/// <param name="Row">The element.</param>
/// <param name="What">What is different: cardinality, types and the like.</param>
/// <param name="InBase">How R4 has it; empty where it has no such thing.</param>
/// <param name="Here">How it is here.</param>
public sealed record Difference(ElementRow Row, string What, string InBase, string Here);
