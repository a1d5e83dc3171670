using System.Collections.Concurrent;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Terminology;

/// <summary>
/// Terminology from the definitions available: lists, whole systems, filters, exclusions and value sets in value sets, and systems that
/// have a grammar. Value sets and systems are compiled when they are first asked for and kept, as many as there are definitions. Codes
/// that a system marks as abstract are codes of it. Usable from any thread.
/// </summary>
public sealed class LocalTerminology(IDefinitions definitions) : ITerminology
{
    private readonly ConcurrentDictionary<string, CodeRule> _valueSets = new();
    private readonly ConcurrentDictionary<string, SystemCodes> _systems = new();

    /// <inheritdoc/>
    public Membership Check(string valueSet, string? system, string code) =>
        Rule(valueSet) is { } rule
            ? rule.Check(system, code)
            : Membership.Unknown($"ValueSet {valueSet} is not available");

    /// <inheritdoc/>
    public Membership CheckSystem(string system, string code)
    {
        if (Grammars.Of(system) is { } grammar)
            return grammar(code) ? Membership.Member : Membership.NotMember;
        if (System(system) is not { } codes)
            return Membership.Unknown(SystemNames.NotAtHand(system));
        if (codes.Find(code) is not null)
            return Membership.Member;
        return codes.IsComplete
            ? Membership.NotMember
            : Membership.Unknown(ValueSetCompiler.Incompleteness(codes.Model));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Displays(string system, string code) =>
        System(system)?.Find(code)?.Display is { } display ? [display] : [];

    /// <inheritdoc/>
    public bool? Subsumes(string system, string ancestor, string descendant)
    {
        if (System(system) is not { } codes)
            return null;
        if (
            codes.Find(ancestor) is { } above
            && codes.Find(descendant) is not null
            && codes.Above(descendant).Contains(above.Code)
        )
            return true;
        return codes.IsComplete ? false : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string System, string Code)> Some(string valueSet, int most) =>
        Rule(valueSet) is { } rule ? [.. rule.Some.Take(most)] : [];

    /// <summary>The compiled value set; null when it is not available, which is not remembered: names are not limited, definitions are.</summary>
    private CodeRule? Rule(string canonical)
    {
        if (_valueSets.TryGetValue(canonical, out var rule))
            return rule;
        return definitions.FindValueSet(canonical) is { } set
            ? _valueSets.GetOrAdd(canonical, new ValueSetCompiler(definitions, System).Compile(set))
            : null;
    }

    private SystemCodes? System(string canonical)
    {
        if (_systems.TryGetValue(canonical, out var codes))
            return codes;
        // A supplement adds designations to a system; it is none.
        return definitions.FindCodeSystem(canonical) is { Content: not "supplement" } model
            ? _systems.GetOrAdd(canonical, _ => new SystemCodes(model))
            : null;
    }
}
