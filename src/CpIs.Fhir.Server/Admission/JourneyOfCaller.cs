using CpIs.Fhir.Server.Security;
using Microsoft.AspNetCore.Routing.Matching;

namespace CpIs.Fhir.Server.Admission;

/// <summary>
/// One address, two journeys: <c>GET Flag</c> is a look-up to a setting and a search of its records to an authority. Routing
/// leaves the endpoint that takes the caller's kind; where none does, the first, which then refuses.
/// </summary>
internal sealed class JourneyOfCaller(CallerIdentification callers) : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <inheritdoc />
    public override int Order => 0;

    /// <inheritdoc />
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Count(endpoint => AdmitsOf(endpoint) is { Guests.Count: > 0 }) > 1;

    /// <inheritdoc />
    public async Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var valid = Enumerable.Range(0, candidates.Count).Where(candidates.IsValidCandidate).ToList();
        if (valid.Count < 2 || valid.Any(at => AdmitsOf(candidates[at].Endpoint) is not { Guests.Count: > 0 }))
            return;
        var identified = await callers.OfAsync(httpContext);
        var chosen = identified.IsRefused(out _, out var caller)
            ? valid[0]
            : valid.Where(at => AdmitsOf(candidates[at].Endpoint)!.Takes(caller.Kind)).DefaultIfEmpty(valid[0]).First();
        foreach (var at in valid)
            candidates.SetValidity(at, at == chosen);
    }

    private static Admits? AdmitsOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<Admits>();
}
