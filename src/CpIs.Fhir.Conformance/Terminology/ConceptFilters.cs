using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>Filters of a value set on a code system that is available (R4, valueset.html#filter).</summary>
internal static class ConceptFilters
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(250);

    /// <summary>The test that a filter puts to a concept; null with a reason when the filter is not understood.</summary>
    public static Func<ConceptModel, bool>? Compile(ConceptFilterModel filter, SystemCodes system, out string? reason)
    {
        reason = null;
        switch (filter.Operator)
        {
            case "is-a":
                return Among(system.Below(filter.Value));
            case "descendent-of":
                return Among(Without(system.Below(filter.Value), filter.Value));
            case "is-not-a":
                return Not(Among(system.Below(filter.Value)));
            case "generalizes":
                return Among(system.Above(filter.Value));
            case "=":
                return concept => Values(filter.Property, concept, system).Contains(filter.Value, Comparer(system));
            case "in":
                return AnyOf(filter, system);
            case "not-in":
                return Not(AnyOf(filter, system));
            case "exists" when filter.Value is "true" or "false":
                return concept => Values(filter.Property, concept, system).Any() == (filter.Value == "true");
            case "regex":
                return Matching(filter, system, out reason);
            default:
                reason = $"filter '{filter.Property} {filter.Operator} {filter.Value}' is not supported";
                return null;
        }
    }

    private static Func<ConceptModel, bool> Among(HashSet<string> codes) => concept => codes.Contains(concept.Code);

    private static Func<ConceptModel, bool> Not(Func<ConceptModel, bool> test) => concept => !test(concept);

    private static HashSet<string> Without(HashSet<string> codes, string code)
    {
        codes.Remove(code);
        return codes;
    }

    private static Func<ConceptModel, bool> AnyOf(ConceptFilterModel filter, SystemCodes system)
    {
        var wanted = filter
            .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToHashSet(Comparer(system));
        return concept => Values(filter.Property, concept, system).Any(wanted.Contains);
    }

    private static Func<ConceptModel, bool>? Matching(ConceptFilterModel filter, SystemCodes system, out string? reason)
    {
        reason = null;
        try
        {
            // The whole value must match, and no pattern takes more than linear time.
            var regex = new Regex(
                $@"\A(?:{filter.Value})\z",
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                LongestMatch
            );
            return Among([
                .. system
                    .Concepts.Where(concept => Values(filter.Property, concept, system).Any(regex.IsMatch))
                    .Select(concept => concept.Code),
            ]);
        }
        catch (Exception unusable)
            when (unusable is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            reason = $"the regular expression '{filter.Value}' of a filter cannot be used";
            return null;
        }
    }

    private static IEnumerable<string> Values(string property, ConceptModel concept, SystemCodes system) =>
        property switch
        {
            "concept" or "code" => [concept.Code],
            "display" => concept.Display is { } display ? [display] : [],
            "parent" => system.ParentsOf(concept.Code),
            "child" => system.ChildrenOf(concept.Code),
            _ => concept.Properties?.TryGetValue(property, out var value) == true ? [value] : [],
        };

    private static StringComparer Comparer(SystemCodes system) =>
        system.Model.IsCaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
}
