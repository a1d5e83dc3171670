namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// What validation needs of one StructureDefinition: its snapshot without the prose. Immutable, and read once.
/// </summary>
/// <param name="Url">Canonical URL, without version.</param>
/// <param name="Version">Business version, where it has one.</param>
/// <param name="Name">Computer-friendly name.</param>
/// <param name="Type">The FHIR type that it defines or constrains, such as <c>Flag</c> or <c>Extension</c>.</param>
/// <param name="Kind"><c>resource</c>, <c>complex-type</c>, <c>primitive-type</c> or <c>logical</c>.</param>
/// <param name="Base">Canonical of the definition that it derives from; null for Element and Resource.</param>
/// <param name="IsProfile">True when it constrains a type (<c>derivation</c> is <c>constraint</c>), false when it defines one.</param>
/// <param name="IsAbstract">True when there are instances of its specializations only.</param>
/// <param name="Contexts">Where an extension may be used; empty for all else.</param>
/// <param name="Elements">The snapshot in its order; the first is the root.</param>
public sealed record StructureModel(
    string Url,
    string? Version,
    string Name,
    string Type,
    string Kind,
    string? Base,
    bool IsProfile,
    bool IsAbstract,
    IReadOnlyList<ContextModel> Contexts,
    IReadOnlyList<ElementModel> Elements
)
{
    /// <summary>FHIRPath invariants of <c>contextInvariant</c>, evaluated on the element that an extension stands on.</summary>
    public IReadOnlyList<string> ContextInvariants { get; init; } = [];
}

/// <summary>Where an extension may be used (<c>StructureDefinition.context</c>).</summary>
/// <param name="Type"><c>element</c>, <c>extension</c> or <c>fhirpath</c>.</param>
/// <param name="Expression">An element id such as <c>Patient.contact</c>, a canonical of an extension, or a FHIRPath.</param>
public sealed record ContextModel(string Type, string Expression);
