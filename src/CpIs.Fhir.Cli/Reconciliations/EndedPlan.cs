using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;

namespace CpIs.Fhir.Cli.Reconciliations;

/// <summary>What became of a plan that a full file leaves out.</summary>
/// <param name="Outcome">The parameter, as the exchange gave it.</param>
internal sealed record EndedPlan(JsonElement Outcome) : IRow
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["Plan id", "What became of it", "Why"];

    /// <inheritdoc />
    public IReadOnlyList<string> Cells => [PlanId, Effect, string.Join(' ', Reasons)];

    private string PlanId => Outcome.AllNamed("plan").Select(plan => plan.ValueText("id")).FirstOrDefault() ?? "";

    /// <summary>As of a record of a daily file; one that was stored has ended.</summary>
    private string Effect =>
        Outcome.ValueText("effect") switch
        {
            "loaded" => "ended",
            "superseded" => "newer",
            _ => "left as it is",
        };

    private IEnumerable<string> Reasons => Outcome.AllNamed("issue").Select(issue => issue.ValueText("text") ?? "");

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["planId"] = PlanId,
            ["effect"] = Effect,
            ["reasons"] = new JsonArray([.. Reasons.Select(reason => (JsonNode)reason)]),
        };
}
