using System.Collections.Concurrent;
using CpIs.Fhir.Core;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// Children that the exchange does not know yet, as Bundles to send. A record is one plan: EpisodeOfCare, Flag and its
/// share of a Patient.
/// </summary>
internal sealed class UploadLoad
{
    private const int ChildrenPerBundle = 90;
    private readonly ConcurrentQueue<(RequestTemplate Request, int Records)> _waiting;

    private UploadLoad(IEnumerable<(RequestTemplate, int)> bundles) => _waiting = new(bundles);

    /// <summary>Makes all requests beforehand, so that nothing of it is measured.</summary>
    public static UploadLoad Make(Uri fhirBase, string token, SyntheticPopulation population) =>
        new(
            population
                .Children()
                .Chunk(ChildrenPerBundle)
                .Select(children =>
                    (
                        RequestTemplate.Upload(fhirBase, token, SyntheticUpload.Bundle(population.Authority, children)),
                        children.Sum(c => c.Plans.Count)
                    )
                )
                .ToList()
        );

    /// <summary>A population that differs on each run, so that the exchange creates and does not merely compare.</summary>
    public static SyntheticPopulation Fresh(OdsCode authority, int children, DateOnly today) =>
        SyntheticPopulation.OfCounty(authority, children, today, Random.Shared.Next(1_000, int.MaxValue));

    /// <summary>A worker that sends until nothing is left.</summary>
    public HttpWorker Worker(Uri server)
    {
        var records = 0;
        return new HttpWorker(
            server,
            () =>
            {
                if (!_waiting.TryDequeue(out var bundle))
                    return null;
                records = bundle.Records;
                return bundle.Request.Next(null);
            },
            _ => (records, null)
        );
    }
}
