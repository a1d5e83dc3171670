using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>The code systems that a value set draws on.</summary>
internal static class ValueSetSystems
{
    private const int Deepest = 8;

    /// <summary>Whether a value set has codes of a system; true when that cannot be decided.</summary>
    public static bool Contains(IDefinitions definitions, string valueSet, string system, int depth = 0)
    {
        if (depth == Deepest || definitions.FindValueSet(valueSet) is not { } model)
            return true;
        if (model.Expansion.Any(concept => concept.System == system))
            return true;
        foreach (var part in model.Include)
            if (
                part.System == system
                || part.System is null && part.ValueSets.All(inner => Contains(definitions, inner, system, depth + 1))
            )
                return true;
        return false;
    }
}
