using System.Reflection;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;

namespace CpIs.Fhir.Architecture.Tests;

/// <summary>Looks for circles between namespaces. A namespace and those inside it are slices of their own.</summary>
internal static class Namespaces
{
    /// <summary>Each circle, with the types that close it.</summary>
    /// <param name="assembly">Loaded without what it uses, so that it takes a fraction of a second.</param>
    /// <param name="within">The namespaces inside this one are compared.</param>
    public static IReadOnlyList<string> Circles(Assembly assembly, string within) =>
        [
            .. SliceRuleDefinition
                .Slices()
                .Matching($"{within}.(**)")
                .Should()
                .BeFreeOfCycles()
                .Evaluate(new ArchLoader().LoadAssembly(assembly).Build())
                .Where(result => !result.Passed)
                .Select(result => result.Description),
        ];
}
