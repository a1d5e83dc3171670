namespace CpIs.Fhir.Core.Searching;

/// <summary>One row of a <see cref="ParameterTable"/>: a parameter that a request may carry.</summary>
/// <param name="Name">Its name in the URL.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Definition">Canonical of its SearchParameter; null for what is not a search parameter of R4.</param>
public sealed record Parameter(string Name, ParameterKind Kind, string? Definition = null)
{
    /// <summary>Modifiers that may follow the name after a colon.</summary>
    public IReadOnlyList<string> Modifiers { get; init; } = [];

    /// <summary>True when one of <see cref="Modifiers"/> must follow the name.</summary>
    public bool NeedsModifier { get; init; }

    /// <summary>The only values that are taken; empty for any.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Most values, separated by commas, one of which must match.</summary>
    public int MostValues { get; init; } =
        Kind is ParameterKind.Token or ParameterKind.Reference or ParameterKind.Uri ? 50 : 1;

    /// <summary>False for a token that is a code alone, because what it is compared with has one system or none.</summary>
    public bool HasSystem { get; init; } = true;

    /// <summary>True when the parameter may be sent once only. Otherwise each further one narrows the search.</summary>
    public bool IsOnce { get; init; }

    /// <summary>False for a parameter that only links made by the server carry.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>Why it is always refused, where a caller might expect it; else null.</summary>
    public string? Never { get; init; }

    /// <summary>Whose stored tokens it reads; <c>subject</c> of a Flag reads those of <c>patient</c>.</summary>
    internal string Token { get; init; } = Name;

    /// <summary>The one system of its codes; null for identifiers, which have several.</summary>
    internal string? System { get; init; }

    /// <summary>
    /// The one value that every resource of the type has. A search finds all of them or none, and nothing is stored for it:
    /// so what was stored before the parameter existed is found too.
    /// </summary>
    internal string? Always { get; init; }

    /// <summary>
    /// The values of which every resource of the type has one. Nothing is stored for the first: so what was stored before there were others
    /// is found too.
    /// </summary>
    internal IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The resource type that a reference leads to.</summary>
    internal string? Target { get; init; }

    /// <summary>True for a period, which has a start and an end.</summary>
    internal bool IsPeriod { get; init; }

    /// <summary>Its type as FHIR's <c>search-param-type</c> says it.</summary>
    public string FhirType =>
        Kind switch
        {
            ParameterKind.Token or ParameterKind.Code => "token",
            ParameterKind.Text => "string",
            ParameterKind.Date => "date",
            ParameterKind.Reference => "reference",
            ParameterKind.Uri => "uri",
            ParameterKind.Number => "number",
            _ => "special",
        };
}
