using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>
/// Compiles a value set with those that it names. One is made for each value set that is asked for. Value sets may name each other in
/// circles and chains of any length: what is open already, or too deep, is a part that cannot be decided.
/// </summary>
internal sealed class ValueSetCompiler(IDefinitions definitions, Func<string, SystemCodes?> systems)
{
    private const int Deepest = 32;
    private const int MostCodes = 1_000_000;

    /// <summary>Value sets that name each other crosswise may double the work with each level.</summary>
    private const long MostWork = 4_096;

    private readonly Dictionary<ValueSetModel, CodeRule?> _compiled = new(ReferenceEqualityComparer.Instance);

    private int _depth;

    public CodeRule Compile(ValueSetModel set)
    {
        if (_compiled.TryGetValue(set, out var known))
            return known ?? new OpenSystem(null, null, $"ValueSet {set.Url} includes itself");
        if (_depth >= Deepest)
            return new OpenSystem(null, null, $"ValueSet {set.Url} is included through more than {Deepest} others");
        _compiled[set] = null;
        _depth++;
        var rule = Combine(set);
        _depth--;
        if (rule.Cost > MostWork)
            rule = new OpenSystem(null, null, $"ValueSet {set.Url} includes too many others");
        return _compiled[set] = rule;
    }

    private CodeRule Combine(ValueSetModel set)
    {
        if (set.Expansion.Count > 0)
            return Listed(set.Expansion.Select(code => (code.System, code.Code)));
        if (set.Include.Count == 0)
            return new OpenSystem(null, null, $"ValueSet {set.Url} does not say what it includes");
        CodeRule[] includes = [.. set.Include.Select(part => Part(set, part))];
        CodeRule[] excludes = [.. set.Exclude.Select(part => Part(set, part))];
        if (excludes.Length == 0 && includes.Length == 1)
            return includes[0];
        var combined = new CombinedRules(includes, excludes);
        if (includes.All(rule => rule.All is not null) && excludes.All(rule => rule.All is not null))
            return Flatten(combined.Some, () => combined);
        return combined;
    }

    private CodeRule Part(ValueSetModel set, ConceptSetModel part)
    {
        var parts = part.ValueSets.Select(Nested).ToList();
        if (part.System is { } system)
            parts.Insert(0, OfSystem(set, part, system));
        if (parts.Count == 0)
            return new OpenSystem(null, null, $"ValueSet {set.Url} has a part without system");
        if (parts.Count == 1)
            return parts[0];
        CodeRule[] all = [.. parts];
        var common = new CommonRules(all, part.System);
        return Array.TrueForAll(all, rule => rule.All is not null) ? Flatten(common.Some, () => common) : common;
    }

    private CodeRule Nested(string canonical) =>
        definitions.FindValueSet(canonical) is { } inner
            ? Compile(inner)
            : new OpenSystem(null, null, $"ValueSet {canonical} is not available");

    private CodeRule OfSystem(ValueSetModel set, ConceptSetModel part, string system)
    {
        if (part.Concepts.Count > 0 && part.Filters.Count == 0)
            return Listed(part.Concepts.Select(concept => (system, concept.Code)));
        if (Grammars.Of(system) is { } grammar && part.Filters.Count == 0)
            return new GrammarSystem(system, grammar);
        var canonical = part.Version is { } version ? $"{system}|{version}" : system;
        if (systems(canonical) is not { } codes)
            return new OpenSystem(
                system,
                null,
                part.Version is null || systems(system) is null
                    ? SystemNames.NotAtHand(system)
                    : $"{SystemNames.Of(system)} is not available in version {part.Version}"
            );
        return Filtered(set, part, codes);
    }

    private CodeRule Filtered(ValueSetModel set, ConceptSetModel part, SystemCodes codes)
    {
        var system = part.System!;
        var concepts =
            part.Concepts.Count == 0
                ? codes.Concepts
                : part.Concepts.Select(concept => codes.Find(concept.Code)).OfType<ConceptModel>();
        foreach (var filter in part.Filters)
        {
            if (ConceptFilters.Compile(filter, codes, out var reason) is not { } test)
                return new OpenSystem(system, null, $"{reason} (ValueSet {set.Url})");
            // What a filter denies may be denied only for want of the codes that are not here.
            if (!codes.IsComplete && filter.Operator is "is-not-a" or "not-in" or "exists")
                return Incomplete(system, null, codes);
            concepts = concepts.Where(test);
        }

        var known = Listed(concepts.Select(concept => (system, concept.Code)));
        return codes.IsComplete ? known : Incomplete(system, known, codes);
    }

    private static OpenSystem Incomplete(string system, CodeRule? known, SystemCodes codes) =>
        new(system, known, Incompleteness(codes.Model));

    /// <summary>Why codes of a system cannot be decided although there is something of it.</summary>
    public static string Incompleteness(CodeSystemModel system) =>
        system.Content switch
        {
            "fragment" => $"only a fragment of {SystemNames.Of(system.Url)} is available",
            "example" => $"only examples of {SystemNames.Of(system.Url)} are available",
            _ => SystemNames.NotAtHand(system.Url),
        };

    private CodeRule Flatten(IEnumerable<(string System, string Code)> codes, Func<CodeRule> otherwise)
    {
        var list = codes.Take(MostCodes + 1).ToList();
        return list.Count > MostCodes ? otherwise() : Listed(list);
    }

    private ListedCodes Listed(IEnumerable<(string System, string Code)> codes) =>
        new(codes, system => systems(system) is { Model.IsCaseSensitive: false });
}
