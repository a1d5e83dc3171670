using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Cli.LookUps;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Cli.Records;

/// <summary>An access as the exchange tells an authority of it; an operator is told neither child nor plan.</summary>
/// <param name="Event">The AuditEvent.</param>
/// <param name="Plans">Plans that were shown: the version that was seen, as it is held today.</param>
internal sealed record Access(JsonElement Event, IReadOnlyList<SeenPlan> Plans) : IRow
{
    /// <summary>What <see cref="Cells"/> are.</summary>
    public static IReadOnlyList<string> Headings { get; } =
    ["When", "NHS number", "By", "At", "What", "Outcome", "Plans shown"];

    private HistoryRow Who => HistoryRow.Of(Event);

    private string NhsNumber =>
        Event.List("entity").Select(entity => entity.At("what").NhsNumber()).FirstOrDefault(number => number.Length > 0)
        ?? "";

    private string Mode =>
        Event.List("subtype").FirstOrDefault(code => code.Text("system") == FhirSystems.AccessMode).Text("code") ?? "";

    private string Interaction =>
        Event.List("subtype").FirstOrDefault(code => code.Text("system") != FhirSystems.AccessMode).Text("code") ?? "";

    /// <summary>Nothing for an authority, to whom each access is an unscheduled look-up of its child.</summary>
    private string What =>
        NhsNumber.Length > 0 ? ""
        : Mode.Length > 0 ? Mode
        : Interaction;

    private string? AgentId(string system) =>
        Event
            .List("agent")
            .Select(agent => agent.At("who").At("identifier"))
            .FirstOrDefault(id => id.Text("system") == system)
            .Text("value");

    private bool IsRefused => Event.Text("outcome") is not "0";

    /// <inheritdoc />
    public IReadOnlyList<string> Cells =>
        [
            Who.LondonTime,
            NhsNumber,
            string.Join(", ", new[] { Who.Person, Who.Role }.Where(text => text.Length > 0)),
            Who.Organisation,
            What,
            IsRefused ? "refused" : "",
            string.Join(", ", Plans.Select(plan => plan.PlanId)),
        ];

    /// <summary>Accesses with the authority's own ids of the plans that were shown.</summary>
    public static async Task<IReadOnlyList<Access>> ReadAsync(
        Searches searches,
        IReadOnlyList<JsonElement> events,
        CancellationToken cancellation
    )
    {
        var episodes = await searches.AnyOfAsync(
            "EpisodeOfCare",
            "_id",
            null,
            events.SelectMany(SeenPlan.ReferencesOf).Select(plan => plan.Id),
            cancellation
        );
        var ids = episodes.ToDictionary(
            episode => episode.Text("id") ?? "",
            episode => episode.Identifier(FhirSystems.PlanIds)
        );
        return
        [
            .. events.Select(e => new Access(
                e,
                [
                    .. SeenPlan
                        .ReferencesOf(e)
                        .Select(plan => plan with { PlanId = ids.GetValueOrDefault(plan.Id, plan.Id) }),
                ]
            )),
        ];
    }

    /// <inheritdoc />
    public JsonObject ToJson()
    {
        var who = Who;
        return new JsonObject
        {
            ["id"] = Event.Text("id"),
            ["time"] = who.Time,
            ["nhsNumber"] = NhsNumber.Length > 0 ? NhsNumber : null,
            ["person"] = who.Person,
            ["personId"] = AgentId(FhirSystems.SdsUser),
            ["role"] = who.Role,
            ["organisation"] = who.Organisation,
            ["organisationCode"] = AgentId(FhirSystems.OdsOrganisation),
            ["interaction"] = Interaction,
            ["mode"] = Mode.Length > 0 ? Mode : null,
            ["outcome"] = IsRefused ? "refused" : "answered",
            ["plans"] = new JsonArray([.. Plans.Select(plan => (JsonNode)plan.ToJson())]),
        };
    }
}
