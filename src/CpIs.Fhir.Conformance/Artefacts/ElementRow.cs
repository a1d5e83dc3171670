using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Artefacts;

/// <summary>An element of a profile as people are shown it.</summary>
/// <param name="Element">What the profile says of it.</param>
/// <param name="Base">What R4 says of the same element; null where R4 has none such.</param>
/// <param name="Depth">0 at the root.</param>
/// <param name="Meaning">What it is, in a few words; null where unknown.</param>
/// <param name="Decision">The first word of its reason: <c>Required</c>, <c>Optional</c> or <c>Prohibited</c>; null where the profile leaves it as it is.</param>
/// <param name="Reason">Why it was decided so.</param>
/// <param name="Value">The fixed value or the pattern: a text, or JSON; null for none.</param>
public sealed record ElementRow(
    ElementModel Element,
    ElementModel? Base,
    int Depth,
    string? Meaning,
    string? Decision,
    string? Reason,
    string? Value
)
{
    /// <summary>True when it must not be there.</summary>
    public bool IsProhibited => Element.Max == 0;

    /// <summary>The last part of its id, with its slice: <c>identifier:nhsNumber</c>.</summary>
    public string Name => Element.Id[(Element.Id.LastIndexOf('.') + 1)..];

    /// <summary>How often it is there, such as <c>0..1</c>.</summary>
    public string Cardinality => Of(Element);

    /// <summary>How often an element is there.</summary>
    public static string Of(ElementModel element) => $"{element.Min}..{element.Max?.ToString() ?? "*"}";
}
