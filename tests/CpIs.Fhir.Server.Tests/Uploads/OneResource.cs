using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.Uploads;

/// <summary>One resource of authority XHF01 as a client sends it to its own address.</summary>
internal static class OneResource
{
    /// <summary>System of the authority's plan ids.</summary>
    public const string PlanSystem = "https://fhir.cpis.example/Id/plan/XHF01";

    /// <summary>A plan that is not held, of a child that is.</summary>
    public static async Task<JsonObject> FurtherPlanAsync(this RunningExchange exchange)
    {
        var child = exchange.NewChild(exchange.Plan(), exchange.Plan(PlanTypes.LookedAfter));
        await exchange.UploadAsync("authority-xhf01", child with { Plans = [child.Plans[0]] });
        var plan = Resource(child with { Plans = [child.Plans[1]] }, "EpisodeOfCare");
        plan["patient"]!["reference"] = $"Patient?identifier={FhirSystems.NhsNumber}|{child.NhsNumber.Digits}";
        return plan;
    }

    public static JsonObject Resource(SyntheticChild child, string type) =>
        JsonNode.Parse(Encoding.UTF8.GetString(SyntheticUpload.Bundle(OdsCode.Parse("XHF01"), [child]).Span))!["entry"]!
            .AsArray()
            .Select(entry => entry!["resource"]!.AsObject())
            .First(resource => (string?)resource["resourceType"] == type)
            .DeepClone()
            .AsObject();

    public static string PlanId(JsonObject plan) => (string)plan["identifier"]![0]!["value"]!;

    public static Task<Answer> PutAsync(
        Speaker speaker,
        string path,
        JsonObject resource,
        params (string Name, string Value)[] headers
    ) =>
        speaker.SendAsync(
            HttpMethod.Put,
            path,
            new StringContent(resource.ToJsonString(), Encoding.UTF8, "application/fhir+json"),
            headers
        );

    /// <summary>The ETags of a history, in its order.</summary>
    public static IEnumerable<string?> Versions(Answer history) =>
        history
            .Json.GetProperty("entry")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("response").GetProperty("etag").GetString());
}
