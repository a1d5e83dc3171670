namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>One condition of an <see cref="ArtefactQuery"/>.</summary>
/// <param name="Parameter">What is looked at.</param>
/// <param name="Modifier">How; null for the usual.</param>
/// <param name="Values">One of them must match.</param>
public sealed record ArtefactCondition(ArtefactParameter Parameter, string? Modifier, IReadOnlyList<string> Values);
