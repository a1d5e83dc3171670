namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>A ValueSet: what it includes and excludes.</summary>
/// <param name="Url">Canonical, without version.</param>
/// <param name="Version">Business version, where it has one.</param>
/// <param name="Name">Computer-friendly name.</param>
/// <param name="Include">What belongs to it, each on its own.</param>
/// <param name="Exclude">What does not, although included.</param>
/// <param name="Expansion">Codes of a published expansion, where there is no compose.</param>
public sealed record ValueSetModel(
    string Url,
    string? Version,
    string Name,
    IReadOnlyList<ConceptSetModel> Include,
    IReadOnlyList<ConceptSetModel> Exclude,
    IReadOnlyList<(string System, string Code, string? Display)> Expansion
);

/// <summary>Part of a ValueSet: codes of one system, all or listed or filtered, that are in the named ValueSets too.</summary>
/// <param name="System">Code system; null when only ValueSets are named.</param>
/// <param name="Version">Version of the code system that is meant.</param>
/// <param name="Concepts">Codes and displays that are listed; empty for all that the filters let pass.</param>
/// <param name="Filters">All must hold.</param>
/// <param name="ValueSets">Canonicals; a code must be in each.</param>
public sealed record ConceptSetModel(
    string? System,
    string? Version,
    IReadOnlyList<ConceptModel> Concepts,
    IReadOnlyList<ConceptFilterModel> Filters,
    IReadOnlyList<string> ValueSets
);

/// <summary>A filter on a code system.</summary>
/// <param name="Property">Such as <c>concept</c>.</param>
/// <param name="Operator">Such as <c>is-a</c>.</param>
/// <param name="Value">What the operator compares with.</param>
public sealed record ConceptFilterModel(string Property, string Operator, string Value);

/// <summary>A CodeSystem.</summary>
/// <param name="Url">The system of its codes.</param>
/// <param name="Version">Business version, where it has one.</param>
/// <param name="Name">Computer-friendly name.</param>
/// <param name="Content"><c>complete</c>, <c>not-present</c>, <c>example</c>, <c>fragment</c> or <c>supplement</c>.</param>
/// <param name="IsCaseSensitive">True when codes differ by case.</param>
/// <param name="Concepts">Codes with their parents in the hierarchy (null at the top), in the order of the definition.</param>
public sealed record CodeSystemModel(
    string Url,
    string? Version,
    string Name,
    string Content,
    bool IsCaseSensitive,
    IReadOnlyList<ConceptModel> Concepts
);

/// <summary>A code and what it is called.</summary>
/// <param name="Code">As it is written.</param>
/// <param name="Display">Preferred display, where there is one.</param>
/// <param name="Parent">Code above it, in a hierarchy.</param>
/// <param name="Properties">Properties that filters look at, such as <c>status</c> or <c>notSelectable</c>; null for none.</param>
public sealed record ConceptModel(
    string Code,
    string? Display,
    string? Parent = null,
    IReadOnlyDictionary<string, string>? Properties = null
);
