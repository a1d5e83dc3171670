using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>A server that has the phone of protected records.</summary>
public sealed class ProtectedExchange : RunningExchange
{
    public const string Phone = "0300 555 0199";

    protected override object Settings => new { Demo = new { Seed = false }, Protected = new { Phone } };

    /// <summary>An authority sends a child, its first plan with the protected mark.</summary>
    public async Task<Answer> UploadMarkedAsync(string authority, SyntheticChild child)
    {
        var answer = await SendMarkedAsync(authority, child);
        answer.Status.Should().Be(200, answer.Text);
        return answer;
    }

    /// <summary>The same, whatever is answered.</summary>
    public async Task<Answer> SendMarkedAsync(string authority, SyntheticChild child)
    {
        var bundle = JsonNode.Parse(
            SyntheticUpload.Bundle(OdsCode.Parse(Client(authority).Organisation), [child], Clock.GetUtcNow()).Span
        )!;
        var plan = bundle["entry"]!
            .AsArray()
            .Select(entry => entry!["resource"]!)
            .First(resource => resource["resourceType"]!.GetValue<string>() == "EpisodeOfCare");
        plan["meta"] = JsonNode.Parse(
            """{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}"""
        );
        return await (await AsAsync(authority)).PostAsync("", bundle.ToJsonString());
    }
}
