using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;

namespace CpIs.Fhir.Cli.Reconciliations;

/// <summary>A plan on one of the lists of a reconciliation.</summary>
/// <param name="Plan">The parameter, as the exchange gave it.</param>
internal sealed record ReportPlan(JsonElement Plan) : IRow
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } =
    ["List", "Plan id", "Local id", "Plan", "Start", "End", "Protected", "Last confirmed", "Position"];

    /// <inheritdoc />
    public IReadOnlyList<string> Cells =>
        [
            Text("list"),
            Text("id"),
            Text("local-id"),
            Plan.Value("type").Text("display") ?? "",
            Text("start"),
            Text("end"),
            Plan.ValueIsTrue("protected") ? "yes" : "",
            Text("confirmed"),
            Text("position"),
        ];

    /// <inheritdoc />
    public JsonObject ToJson() =>
        new()
        {
            ["list"] = Plan.ValueText("list"),
            ["planId"] = Plan.ValueText("id"),
            ["localId"] = Plan.ValueText("local-id"),
            ["type"] = Plan.Value("type").Text("code"),
            ["start"] = Plan.ValueText("start"),
            ["end"] = Plan.ValueText("end"),
            ["protected"] = Plan.ValueIsTrue("protected"),
            ["lastConfirmed"] = Plan.ValueText("confirmed"),
            ["position"] = Plan.ValueText("position"),
        };

    private string Text(string name) => Plan.ValueText(name) ?? "";
}
