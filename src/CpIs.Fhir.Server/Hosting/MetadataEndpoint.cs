using System.Reflection;
using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.CrossOrigin;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Hosting;

/// <summary><c>GET metadata</c>, for anyone: what this server does, written from the one table.</summary>
internal static class MetadataEndpoint
{
    // The day the capabilities last changed; a date of today would tell every reader that they just did.
    private const string Published = "2026-11-24";

    // R4 http.html#capabilities. This server has one version of FHIR to tell of; its terminology is in the profiles.
    private static readonly Parameter Mode = new("mode", ParameterKind.Code)
    {
        IsOnce = true,
        Allowed = ["full", "normative"],
    };

    public static void MapMetadata(this IEndpointRouteBuilder fhir) =>
        fhir.MapRead(
                "/metadata",
                (ExchangeUrls urls, CorsSection cors) =>
                    FhirResults.Resource(
                        CapabilityStatementWriter.ToBytes(
                            urls.FhirBase,
                            urls.Token,
                            Version(),
                            Published,
                            isCors: cors.Origins.Count > 0
                        )
                    )
            )
            .Admit(Admits.Anyone with { IsFhir = true })
            .TakesParametersOfRead("CapabilityStatement", Mode);

    private static string Version() =>
        typeof(MetadataEndpoint)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
}
