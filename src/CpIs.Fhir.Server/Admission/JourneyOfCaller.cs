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
        var valid = new List<(int At, Admits Admits)>(candidates.Count);
        for (var at = 0; at < candidates.Count; at++)
            if (candidates.IsValidCandidate(at))
            {
                if (AdmitsOf(candidates[at].Endpoint) is not { Guests.Count: > 0 } admits)
                    return;
                valid.Add((at, admits));
            }

        if (valid.Count < 2)
            return;
        var identified = await callers.OfAsync(httpContext);
        var chosen = identified.IsRefused(out _, out var caller)
            ? 0
            : Math.Max(0, valid.FindIndex(candidate => candidate.Admits.Takes(caller.Kind)));
        for (var i = 0; i < valid.Count; i++)
            candidates.SetValidity(valid[i].At, i == chosen);
    }

    private static Admits? AdmitsOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<Admits>();
}
