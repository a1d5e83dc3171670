using System.Globalization;

namespace CpIs.Fhir.Conformance.Sources;

/// <summary>Compares values as <c>fixed[x]</c> (all of it) and <c>pattern[x]</c> (at least that much) do.</summary>
internal static class Values
{
    /// <summary>Both have the same value and the same children, in any order of names and in the order of repetitions.</summary>
    public static bool IsSame(FhirNode found, FhirNode wanted) =>
        IsSameValue(found, wanted)
        && found.Nodes.Length == wanted.Nodes.Length
        && Array.TrueForAll(
            wanted.Nodes,
            child =>
                Array.Exists(
                    found.Nodes,
                    own => own.Name == child.Name && IsSamePlace(own, child) && IsSame(own, child)
                )
        );

    /// <summary>What the pattern has is there too; each repetition in the pattern is met by some repetition in the value.</summary>
    public static bool Has(FhirNode found, FhirNode pattern) =>
        (pattern.Value is null || IsSameValue(found, pattern))
        && Array.TrueForAll(
            pattern.Nodes,
            child => Array.Exists(found.Nodes, own => own.Name == child.Name && Has(own, child))
        );

    private static bool IsSamePlace(FhirNode found, FhirNode wanted) =>
        Math.Max(0, found.Index) == Math.Max(0, wanted.Index);

    /// <summary>Numbers are the same when value and precision are (1.0 is not 1.00); all else when the text is.</summary>
    private static bool IsSameValue(FhirNode found, FhirNode wanted) =>
        string.Equals(found.Value, wanted.Value, StringComparison.Ordinal)
        || wanted.Form == FhirValueForm.Number
            && decimal.TryParse(found.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var own)
            && decimal.TryParse(wanted.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var expected)
            && own == expected
            && own.Scale == expected.Scale;

    /// <summary>The value in one line, for a message: <c>coding[system=http://snomed.info/sct, code=1]</c>.</summary>
    public static string Describe(FhirNode value)
    {
        if (value.Nodes.Length == 0)
            return value.Value is null ? "nothing" : $"'{value.Value}'";
        return string.Join(
            ", ",
            value.Nodes.Select(child =>
                child.Nodes.Length == 0 ? $"{child.Name} '{child.Value}'" : $"{child.Name} ({Describe(child)})"
            )
        );
    }
}
