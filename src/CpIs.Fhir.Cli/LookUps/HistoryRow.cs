using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.LookUps;

/// <summary>One access of the history.</summary>
/// <param name="Time">When, UTC, as the exchange wrote it.</param>
/// <param name="Person">Who.</param>
/// <param name="Role">In which role.</param>
/// <param name="Organisation">Where.</param>
internal sealed record HistoryRow(string Time, string Person, string Role, string Organisation)
{
    /// <summary>When, as people in England read it.</summary>
    public string LondonTime =>
        DateTimeOffset.TryParse(Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? LondonCalendar.Read(instant)
            : Time;

    public static HistoryRow Of(JsonElement access)
    {
        var agents = access.List("agent").ToList();
        var person = agents.FirstOrDefault(a => a.At("requestor").ValueKind == JsonValueKind.True);
        var organisation = agents.FirstOrDefault(a => a.At("type").List("coding").Any(c => c.Text("code") == "PROV"));
        return new HistoryRow(
            access.Text("recorded") ?? "",
            person.Text("name") ?? "",
            person.List("role").FirstOrDefault().List("coding").FirstOrDefault().Text("display") ?? "",
            organisation.At("who").Text("display") ?? organisation.At("who").At("identifier").Text("value") ?? ""
        );
    }

    public JsonObject ToJson() =>
        new()
        {
            ["time"] = Time,
            ["person"] = Person,
            ["role"] = Role,
            ["organisation"] = Organisation,
        };
}
