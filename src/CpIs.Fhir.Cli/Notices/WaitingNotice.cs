using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.Records;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>One notice of an attendance.</summary>
/// <param name="Access">Id of the access that it tells of.</param>
/// <param name="Time">When the child was looked up; null where the exchange did not say.</param>
/// <param name="State"><c>untold</c>, <c>told</c> or <c>taken</c>.</param>
/// <param name="PlanCodes">SNOMED CT codes of the plans that it tells of.</param>
/// <param name="Told">When a channel delivered it, as the exchange wrote it, or null.</param>
/// <param name="Taken">When a person took it, or null.</param>
/// <param name="TakenBy">Who, or null.</param>
/// <param name="Note">What they noted, or null.</param>
internal sealed record WaitingNotice(
    string Access,
    DateTimeOffset? Time,
    string State,
    IReadOnlyList<string> PlanCodes,
    string? Told,
    string? Taken,
    string? TakenBy,
    string? Note
)
{
    /// <summary>Changes when there is something new to say of it.</summary>
    public string Key => $"{Access}/{State}";

    /// <summary>Reads the parameter.</summary>
    public static WaitingNotice Of(JsonElement notice) =>
        new(
            notice.Value("access").Text("reference")?.Split('/')[^1] ?? "",
            notice.ValueTime("time"),
            notice.ValueText("state") ?? "",
            [.. notice.AllNamed("plan").Select(plan => plan.At("valueCoding").Text("code")).OfType<string>()],
            notice.ValueText("told"),
            notice.ValueText("taken"),
            notice.ValueText("takenBy"),
            notice.ValueText("note")
        );

    /// <summary>A plan's type as <c>--json</c> shows it.</summary>
    public static string PlanName(string code) => PlanTypes.FromCode(code) is { } type ? PlanTypeNames.Of(type) : code;

    /// <summary>One object for <c>--json</c>.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["access"] = Access,
            ["time"] = Time is { } time ? Instant.Text(time) : null,
            ["state"] = State,
            ["plans"] = new JsonArray([.. PlanCodes.Select(code => (JsonNode)PlanName(code))]),
            ["told"] = Told,
            ["taken"] = Taken,
            ["takenBy"] = TakenBy,
            ["note"] = Note,
        };
}
