using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Server.Admission;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CpIs.Fhir.Server.Description;

/// <summary>
/// What the description says of one method at one address: from the row of the table what it does and takes, from the statement of
/// its endpoints (<see cref="Admits"/>) who may come and with which scopes.
/// </summary>
internal sealed partial class OperationText(ArtefactSet artefacts, EndpointDataSource endpoints)
    : IOpenApiOperationTransformer
{
    private static readonly string[] Fhir = ["application/fhir+json", "application/fhir+xml"];

    /// <inheritdoc />
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var route = DescribedRoutes.Of(context.Description);
        var described = DescribedRoutes
            .EndpointsOf(route, endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<Admits>()!)
            .ToList();
        var guests = described.SelectMany(admits => admits.Guests).ToList();
        operation.OperationId = Name().Replace($"{route.Method.ToLowerInvariant()}{route.Path}", "_").Trim('_');
        operation.Summary = Texts.Of(route);
        operation.Description =
            guests.Count == 0
                ? "For anyone, without a token."
                : $"For {string.Join(", ", guests.Select(guest => Texts.Of(guest.Kind)).Distinct())}.";
        operation.Tags = new HashSet<OpenApiTagReference> { new(route.Resource?.Type ?? "Exchange", context.Document) };
        operation.Parameters = [.. InPath(route), .. InQuery(route), .. OfLookUp(route, described)];
        operation.RequestBody = Body(route);
        operation.Responses = new OpenApiResponses
        {
            ["2XX"] = Answer(
                "The answer",
                route.Does == "smart-configuration" ? ["application/json"]
                    : FilesOf(route).Count > 0 ? [.. Fhir, "text/csv", "text/html"]
                    : Fhir
            ),
            ["default"] = Answer("What is wrong: an OperationOutcome", Fhir),
        };
        operation.Security =
        [
            .. guests.Select(guest => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(DocumentText.Scheme, context.Document)] = [.. guest.Scopes],
            }),
        ];
        return Task.CompletedTask;
    }

    private static IEnumerable<OpenApiParameter> InPath(OfferedRoute route) =>
        Hole().Matches(route.Path).Select(hole => Text(hole.Groups[1].Value, ParameterLocation.Path));

    private IEnumerable<OpenApiParameter> InQuery(OfferedRoute route) =>
        (
            route.Does switch
            {
                "search-type" when !route.IsPostedSearch => route.Resource!.SearchParameters.Select(row =>
                    (row.Name, (string?)row.Type)
                ),
                ['$', .. var name] when route.Method == (FilesOf(route).Count > 0 ? "POST" : "GET") => Inputs(
                    OperationsOf(route),
                    name
                ),
                _ when route.IsConditional => [("identifier", "token")],
                _ => [],
            }
        ).Select(each => Text(each.Item1, ParameterLocation.Query, each.Item2));

    /// <summary>By what a care setting looks a child up in a search.</summary>
    private static IEnumerable<OpenApiParameter> OfLookUp(OfferedRoute route, List<Admits> described) =>
        route.Does == "search-type" && !route.IsPostedSearch && described.Any(admits => admits.LookUp is not null)
            ? [Text("patient:identifier", ParameterLocation.Query, "token; a care setting sends this and nothing else")]
            : [];

    /// <summary>What an operation takes in its address: the parameters of its definition that have a simple value.</summary>
    private IEnumerable<(string, string?)> Inputs(IReadOnlyList<OperationCapability> operations, string name)
    {
        var offered = operations.Single(operation => operation.Name == name);
        // At another address than its own nothing is asked in the same words.
        if (offered.Files.Count == 0 && !offered.OnType.Concat(offered.OnInstance).Contains("GET"))
            yield break;
        var definition = offered.Definition;
        if (artefacts.Find("OperationDefinition", definition[(definition.LastIndexOf('/') + 1)..]) is not { } artefact)
            yield break;
        foreach (var parameter in artefact.Read().GetProperty("parameter").EnumerateArray())
            if (
                parameter.GetProperty("use").GetString() == "in"
                && parameter.TryGetProperty("type", out var type)
                && type.GetString() is { } simple
                && char.IsLower(simple[0])
            )
                yield return (parameter.GetProperty("name").GetString()!, simple);
    }

    private static IReadOnlyList<OperationCapability> OperationsOf(OfferedRoute route) =>
        route.Resource?.Operations ?? CapabilityTable.Operations;

    /// <summary>What an operation takes as a file; none for the others.</summary>
    private static IReadOnlyList<string> FilesOf(OfferedRoute route) =>
        OperationsOf(route).FirstOrDefault(operation => route.Does == "$" + operation.Name)?.Files ?? [];

    private static OpenApiRequestBody? Body(OfferedRoute route) =>
        route switch
        {
            { Method: "POST" or "PUT", IsPostedSearch: false } => new OpenApiRequestBody
            {
                Content = Content([.. Fhir, .. FilesOf(route)]),
                Required = route.Does[0] != '$',
            },
            { IsPostedSearch: true } => new OpenApiRequestBody
            {
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/x-www-form-urlencoded"] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Properties = route.Resource!.SearchParameters.ToDictionary(
                                row => row.Name,
                                IOpenApiSchema (row) =>
                                    new OpenApiSchema { Type = JsonSchemaType.String, Description = row.Type }
                            ),
                        },
                    },
                },
            },
            _ => null,
        };

    private static OpenApiResponse Answer(string description, string[] types) =>
        new() { Description = description, Content = Content(types) };

    private static Dictionary<string, OpenApiMediaType> Content(string[] types) =>
        types.ToDictionary(
            type => type,
            _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } }
        );

    private static OpenApiParameter Text(string name, ParameterLocation place, string? type = null) =>
        new()
        {
            Name = name,
            In = place,
            Required = place == ParameterLocation.Path,
            Description = type,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Name();

    [GeneratedRegex("{([^}]+)}")]
    private static partial Regex Hole();
}
