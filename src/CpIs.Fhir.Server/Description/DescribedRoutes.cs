using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace CpIs.Fhir.Server.Description;

/// <summary>Finds the row of the one table that an endpoint belongs to.</summary>
internal static partial class DescribedRoutes
{
    private static readonly Dictionary<(string Method, string Path), OfferedRoute> All =
        CapabilityTable.Routes.ToDictionary(route => (route.Method, ExchangeUrls.FhirPath + route.Path));

    /// <summary>True for what is described: what the table offers.</summary>
    public static bool IsIn(ApiDescription endpoint) =>
        All.ContainsKey((endpoint.HttpMethod ?? "", PathOf(endpoint.RelativePath)));

    /// <summary>The row of an endpoint that is described.</summary>
    public static OfferedRoute Of(ApiDescription endpoint) =>
        All[(endpoint.HttpMethod!, PathOf(endpoint.RelativePath))];

    /// <summary>The endpoints of a row; two, where one address is another journey to another kind of caller.</summary>
    public static IEnumerable<Endpoint> EndpointsOf(OfferedRoute route, EndpointDataSource endpoints) =>
        endpoints
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint =>
                PathOf(endpoint.RoutePattern.RawText) == ExchangeUrls.FhirPath + route.Path
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(route.Method) == true
            );

    /// <summary>A route without slashes at its ends and without constraints, as the table writes it.</summary>
    public static string PathOf(string? route) => "/" + Constraint().Replace((route ?? "").Trim('/'), "}");

    [GeneratedRegex(":[^}]*}")]
    private static partial Regex Constraint();
}
