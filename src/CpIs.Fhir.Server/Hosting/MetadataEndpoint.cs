using System.Reflection;
using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.CrossOrigin;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Hosting;

/// <summary><c>GET metadata</c>, for anyone: what this server does, written from the one table.</summary>
internal static class MetadataEndpoint
{
    // The day the capabilities last changed; a date of today would tell every reader that they just did.
    private const string Published = "2026-11-24";

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
            .TakesOnlyAnswerParameters("reading metadata");

    private static string Version() =>
        typeof(MetadataEndpoint)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
}
