using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// An authority reads its records again and again: a read, in JSON and in XML, and a search by identifier; each beside the same number
/// of constant bytes, to anyone and to the same authority with its token. A view that is repeated within 15 minutes is recorded once, so what is measured is reading.
/// </summary>
internal sealed class ReadPhase(ExchangeClient authority, Uri root, Uri fhirBase, string token, BenchOptions options)
{
    /// <summary>Records that are read in turn.</summary>
    private const int Records = 100;

    /// <summary>Measures, telling each result as it comes.</summary>
    public async Task RunAsync(Action<PhaseResult> done, CancellationToken cancellation)
    {
        var plans = (await AskAsync($"EpisodeOfCare?_count={Records}", cancellation))["entry"]!
            .AsArray()
            .Select(entry => entry!["resource"]!)
            .ToList();
        string[] reads = [.. plans.Select(plan => $"/EpisodeOfCare/{plan["id"]}")];
        string[] searches =
        [
            .. plans.Select(plan =>
                $"/EpisodeOfCare?identifier={plan["identifier"]![0]!["system"]}|{plan["identifier"]![0]!["value"]}"
            ),
        ];
        foreach (var (name, paths) in new[] { ("read", reads), ("search", searches) })
        {
            var length = (await AskAsync(paths[0].TrimStart('/'), cancellation)).ToJsonString().Length;
            var asLong = $"?length={length.ToString(CultureInfo.InvariantCulture)}";
            foreach (var (floor, path) in new[] { (BenchRun.ConstantPhase, "constant"), ("admitted", "admitted") })
                done(await LoopAsync($"{floor} ({name})", root, [$"/bench/{path}{asLong}"], "json", cancellation));
            done(await LoopAsync(name, fhirBase, paths, "json", cancellation));
            if (name == "read")
                done(await LoopAsync("read (xml)", fhirBase, paths, "xml", cancellation));
        }
    }

    private async Task<JsonNode> AskAsync(string path, CancellationToken cancellation)
    {
        var answer = await authority.SendAsync(new Ask(HttpMethod.Get, path), cancellation);
        return answer.IsSuccess && JsonNode.Parse(answer.Body.Span) is { } json
            ? json
            : throw new CannotRunException($"{path} was answered with {answer.Status}.", ExitCode.Of(answer.Status));
    }

    private Task<PhaseResult> LoopAsync(
        string phase,
        Uri at,
        string[] paths,
        string format,
        CancellationToken cancellation
    )
    {
        RequestTemplate[] requests = [.. paths.Select(path => RequestTemplate.Get(at, path, token, format))];
        return new ClosedLoop(options.Connections, options.WarmUp, options.Duration).RunAsync(
            phase,
            "reads",
            index =>
            {
                RequestTemplate[] own = [.. requests.Select(request => request.Copy())];
                var turn = index;
                var worker = new HttpWorker(at, () => own[turn++ % own.Length].Next(null), _ => (1, null));
                return (worker.StepAsync, worker);
            },
            cancellation
        );
    }
}
