using System.Collections.Concurrent;
using System.Text;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Records;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>The floor of the benchmarks' <c>bench</c>, under <c>--bench</c> only: what this machine serves when nothing has to be done, to anyone
/// and to an authority that has to be let in.</summary>
internal static class BenchEndpoints
{
    private const int Longest = 64 * 1_024;

    // About as long as the answer to a look-up that finds nothing.
    private const int Usual = 740;

    public static void MapBench(this IEndpointRouteBuilder app)
    {
        var constants = new ConcurrentDictionary<int, byte[]>();
        Delegate answer = (HttpContext context, int? length) =>
            FhirResponse.WriteAsync(
                context,
                200,
                constants.GetOrAdd(Math.Clamp(length ?? Usual, Usual / 4, Longest), Constant)
            );
        app.MapRead("/bench/constant", answer).Admit(Admits.Anyone);
        app.MapRead("/bench/admitted", answer).Admit(RecordEndpoints.Readers(RecordType.EpisodeOfCare, "r"));
    }

    private static byte[] Constant(int length)
    {
        var (head, tail) = ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0,\"x\":\"", "\"}");
        return Encoding.ASCII.GetBytes(head + new string('x', length - head.Length - tail.Length) + tail);
    }
}
