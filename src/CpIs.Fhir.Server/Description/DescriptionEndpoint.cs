using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CpIs.Fhir.Server.Description;

/// <summary>
/// <c>/openapi.json</c>, under the demo: the exchange in OpenAPI 3.1, for tools that know HTTP and not FHIR. It is made from the
/// endpoints that are there and the words of <see cref="Conformance.Capabilities.CapabilityTable"/>.
/// </summary>
internal static class DescriptionEndpoint
{
    public const string Path = "/openapi.json";

    private const string Name = "exchange";

    public static void AddDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            Name,
            document =>
            {
                document.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                document.ShouldInclude = DescribedRoutes.IsIn;
                document.AddOperationTransformer<OperationText>();
                document.AddDocumentTransformer<DocumentText>();
            }
        );

    public static void MapDescription(this IEndpointRouteBuilder app) =>
        app.MapRead(Path, WriteAsync)
            .Admit(Admits.Readers)
            .TakesOnlyAnswerParameters("reading the OpenAPI description");

    private static async Task<IResult> WriteAsync(
        [FromKeyedServices(Name)] IOpenApiDocumentProvider provider,
        CancellationToken cancellation
    )
    {
        var document = await provider.GetOpenApiDocumentAsync(cancellation);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, cancellation);
        return Results.Bytes(json.ToArray(), "application/json");
    }
}
