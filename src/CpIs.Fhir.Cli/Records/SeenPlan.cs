using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;

namespace CpIs.Fhir.Cli.Records;

/// <summary>A plan that an access showed.</summary>
/// <param name="Id">Id of the EpisodeOfCare.</param>
/// <param name="Version">The version that was shown.</param>
/// <param name="PlanId">The authority's own id; the id of the EpisodeOfCare where it is no longer held.</param>
internal sealed record SeenPlan(string Id, string Version, string PlanId)
{
    /// <summary>The plans that an AuditEvent names, without the authority's own ids.</summary>
    public static IEnumerable<SeenPlan> ReferencesOf(JsonElement access) =>
        access
            .List("entity")
            .Select(entity => entity.At("what").Text("reference")?.Split('/'))
            .Where(parts => parts is ["EpisodeOfCare", _, "_history", _])
            .Select(parts => new SeenPlan(parts![1], parts[3], parts[1]));

    /// <summary>One object for <c>--json</c>.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["planId"] = PlanId,
            ["id"] = Id,
            ["version"] = Version,
        };
}
