namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>Look-ups over HTTP, each worker on a connection of its own, every answer judged.</summary>
internal sealed class LookUpPhase(Uri fhirBase, string token, LookUpMix mix, BenchOptions options)
{
    /// <summary>Measures.</summary>
    /// <param name="name">Name of the phase.</param>
    /// <param name="most">Most look-ups counted; null for as many as fit in the time.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<PhaseResult> RunAsync(string name, long? most, CancellationToken cancellation)
    {
        var template = RequestTemplate.LookUp(fhirBase, token);
        return new ClosedLoop(options.Connections, options.WarmUp, options.Duration) { Most = most }.RunAsync(
            name,
            "look-ups",
            index =>
            {
                var (own, random, isHit) = (template.Copy(), new Random(index + 1), false);
                var worker = new HttpWorker(
                    fhirBase,
                    () =>
                    {
                        (var child, isHit) = mix.Next(random);
                        return own.Next(child);
                    },
                    body => LookUpMix.Judge(body, isHit)
                );
                return (worker.StepAsync, worker);
            },
            cancellation
        );
    }
}
