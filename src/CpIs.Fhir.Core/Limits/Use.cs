namespace CpIs.Fhir.Core.Limits;

/// <summary>What was granted to one key.</summary>
/// <param name="Key">A keyed hash of the limit and of who is limited, at most 40 characters: nothing of a person is readable in it.</param>
/// <param name="Count">How often, at least 1.</param>
public readonly record struct Use(string Key, int Count);
