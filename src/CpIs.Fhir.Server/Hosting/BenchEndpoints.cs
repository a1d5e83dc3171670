using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>The floor of the benchmarks' <c>bench</c>, under <c>--bench</c> only: what this machine serves when nothing has to be done.</summary>
internal static class BenchEndpoints
{
    // About as long as the answer to a look-up that finds nothing.
    private static readonly byte[] Constant =
    [
        .. "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0,\"x\":\""u8,
        .. Enumerable.Repeat((byte)'x', 680),
        .. "\"}"u8,
    ];

    public static void MapBench(this IEndpointRouteBuilder app) =>
        app.MapRead("/bench/constant", (HttpContext context) => FhirResponse.WriteAsync(context, 200, Constant))
            .Admit(Admits.Anyone);
}
