using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Conformance.Capabilities;

/// <summary>What the exchange does with one resource type: a row of <see cref="CapabilityTable"/>.</summary>
/// <param name="Type">FHIR resource type.</param>
/// <param name="Profiles">Canonicals of the profiles that its resources meet.</param>
/// <param name="Interactions">FHIR interaction codes, each offered at its own URL.</param>
/// <param name="SearchParameters">What can be searched by.</param>
/// <param name="Operations">Operations on the type.</param>
public sealed record ResourceCapability(
    string Type,
    IReadOnlyList<string> Profiles,
    IReadOnlyList<string> Interactions,
    IReadOnlyList<SearchCapability> SearchParameters,
    IReadOnlyList<OperationCapability> Operations
)
{
    /// <summary>Values of <c>_include</c>.</summary>
    public IReadOnlyList<string> Includes => Values("_include");

    /// <summary>Values of <c>_revinclude</c>.</summary>
    public IReadOnlyList<string> ReverseIncludes => Values("_revinclude");

    /// <summary>True when every version is kept and can be read.</summary>
    public bool IsVersioned => Interactions.Contains("vread");

    /// <summary>True for what its owner may delete.</summary>
    public bool IsDeletable => Interactions.Contains("delete");

    /// <summary>True for what an authority uploads: it is known by the authority's own identifier, so writes may be conditional.</summary>
    public bool IsUploaded => Type is "Patient" or "EpisodeOfCare" or "Flag";

    /// <summary>The interactions, and the operations as <c>$name</c>.</summary>
    public IEnumerable<string> Offers => Interactions.Concat(Operations.Select(operation => "$" + operation.Name));

    /// <summary>Each method at each address of this type.</summary>
    public IEnumerable<OfferedRoute> Routes =>
        Interactions
            .SelectMany(RoutesOf)
            .Concat(
                Operations.SelectMany(operation =>
                    operation
                        .OnType.Select(method => Route(method, $"/${operation.Name}", $"${operation.Name}"))
                        .Concat(
                            operation.OnInstance.Select(method =>
                                Route(method, $"/{{id}}/${operation.Name}", $"${operation.Name}")
                            )
                        )
                )
            );

    private IEnumerable<OfferedRoute> RoutesOf(string interaction) =>
        interaction switch
        {
            "read" => [Route("GET", "/{id}", interaction)],
            "vread" => [Route("GET", "/{id}/_history/{version}", interaction)],
            "history-instance" => [Route("GET", "/{id}/_history", interaction)],
            "search-type" => [Route("GET", "", interaction), Route("POST", "/_search", interaction)],
            "create" => [Route("POST", "", interaction)],
            "update" when IsUploaded => [Route("PUT", "/{id}", interaction), Route("PUT", "", interaction)],
            "update" => [Route("PUT", "/{id}", interaction)],
            "delete" when IsUploaded => [Route("DELETE", "/{id}", interaction), Route("DELETE", "", interaction)],
            "delete" => [Route("DELETE", "/{id}", interaction)],
            _ => throw new InvalidOperationException($"{interaction} of {Type} has no address."),
        };

    private OfferedRoute Route(string method, string below, string does) => new(method, $"/{Type}{below}", this, does);

    private IReadOnlyList<string> Values(string parameter) =>
        Enum.TryParse<RecordType>(Type, out var type) ? SearchTables.Of(type).Find(parameter)?.Allowed ?? [] : [];
}

/// <summary>One search parameter.</summary>
/// <param name="Name">Code in the URL.</param>
/// <param name="Type"><c>token</c>, <c>reference</c>, <c>date</c>, <c>string</c> or <c>uri</c>.</param>
/// <param name="Definition">Canonical of its SearchParameter.</param>
public sealed record SearchCapability(string Name, string Type, string Definition);

/// <summary>One operation.</summary>
/// <param name="Name">Name without the dollar sign.</param>
/// <param name="Definition">Canonical of its OperationDefinition.</param>
/// <param name="OnType">HTTP methods at the type; none where it is not an operation on the type.</param>
/// <param name="OnInstance">HTTP methods at one resource; none where it is not an operation on an instance.</param>
public sealed record OperationCapability(
    string Name,
    string Definition,
    IReadOnlyList<string> OnType,
    IReadOnlyList<string> OnInstance
)
{
    /// <summary>Media types of a file that it takes as its body, beside FHIR's own; its parameters are in the address then.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}
