using ArchUnitNET.Fluent.Slices;

namespace CpIs.Fhir.Architecture.Tests;

/// <summary>Looks for circles between namespaces. A namespace and those inside it are slices of their own.</summary>
internal static class Namespaces
{
    /// <summary>Each circle, with the types that close it.</summary>
    /// <param name="loaded">The types.</param>
    /// <param name="within">The namespaces inside this one are compared.</param>
    public static IReadOnlyList<string> Circles(ArchUnitNET.Domain.Architecture loaded, string within) =>
        [
            .. SliceRuleDefinition
                .Slices()
                .Matching($"{within}.(**)")
                .Should()
                .BeFreeOfCycles()
                .Evaluate(loaded)
                .Where(result => !result.Passed)
                .Select(result => result.Description),
        ];
}
