namespace CpIs.Fhir.Conformance.Capabilities;

/// <summary>One method at one address below the FHIR base, for one interaction or operation of <see cref="CapabilityTable"/>.</summary>
/// <param name="Method">HTTP method; HEAD is not listed, it is GET without a body.</param>
/// <param name="Path">Such as <c>/Patient/{id}</c>; empty for the base itself.</param>
/// <param name="Resource">FHIR resource type; null for what is of the whole server.</param>
/// <param name="Does">FHIR interaction code, or <c>$</c> and the name of an operation.</param>
public sealed record OfferedRoute(string Method, string Path, ResourceCapability? Resource, string Does)
{
    /// <summary>
    /// The letter of the SMART scopes that allow it on its resource type: <c>c</c>, <c>r</c>, <c>u</c>, <c>d</c> or <c>s</c>; null for
    /// what has a scope of its own, or none.
    /// </summary>
    public char? Letter =>
        Does switch
        {
            "read" or "vread" or "history-instance" => 'r',
            "search-type" => 's',
            "create" => 'c',
            "update" => 'u',
            "delete" => 'd',
            _ => null,
        };

    /// <summary>True for a write that names its resource by the authority's own identifier.</summary>
    public bool IsConditional => Does is "update" or "delete" && !Path.Contains('{', StringComparison.Ordinal);

    /// <summary>True for a search whose parameters are posted as a form.</summary>
    public bool IsPostedSearch => Method == "POST" && Does == "search-type";
}
