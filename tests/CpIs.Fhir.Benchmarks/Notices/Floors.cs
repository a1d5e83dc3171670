using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Notices;

/// <summary>The least that a delivery costs: a post that is answered, and a durable write that says so.</summary>
internal static class Floors
{
    /// <summary>Posts a second by one HttpClient to so many receivers.</summary>
    public static async Task<double> PostAsync(
        int receivers,
        int bytes,
        BenchOptions options,
        CancellationToken cancellation
    )
    {
        await using var taking = await Receivers.StartAsync(receivers, 0, int.MaxValue, cancellation);
        using var http = new HttpClient();
        var (endpoints, body) = (taking.Endpoints, new byte[bytes]);
        var next = 0;
        return await RateAsync(
            "posts",
            async stop =>
            {
                using var content = new ByteArrayContent(body);
                var endpoint = endpoints[(int)((uint)Interlocked.Increment(ref next) % (uint)receivers)];
                using var answer = await http.PostAsync(endpoint, content, stop);
                answer.EnsureSuccessStatusCode();
            },
            options,
            cancellation
        );
    }

    /// <summary>Occurrences a second, each durable, many waiting at once.</summary>
    public static Task<double> WriteAsync(
        IOccurrenceStore occurrences,
        BenchOptions options,
        CancellationToken cancellation
    )
    {
        var child = Enumerable.Range(0, 100).Select(SyntheticNhsNumbers.OfStem).OfType<Core.NhsNumber>().First();
        return RateAsync(
            "writes",
            stop => occurrences.RecordAsync(SampleAccess.Of(child, isHit: false, inHistory: false), stop),
            options,
            cancellation
        );
    }

    private static async Task<double> RateAsync(
        string phase,
        Func<CancellationToken, Task> once,
        BenchOptions options,
        CancellationToken cancellation
    )
    {
        var result = await new ClosedLoop(options.Connections, options.WarmUp, options.Duration).RunAsync(
            phase,
            phase,
            _ =>
                (
                    async stop =>
                    {
                        await once(stop);
                        return (1, null);
                    },
                    NothingHeld.Instance
                ),
            cancellation
        );
        return result.Rate;
    }
}
