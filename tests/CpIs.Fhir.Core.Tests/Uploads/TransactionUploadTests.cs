using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Uploads;

public sealed class TransactionUploadTests
{
    [Fact]
    public async Task A_child_and_its_plan_become_a_Patient_an_EpisodeOfCare_and_the_Flag_derived_from_it()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var answered = await harness.StoreAsync(Sample.Child());

        answered
            .Select(a => (a.Status, a.Type, a.Version))
            .Should()
            .Equal(("201 Created", "Patient", 1), ("201 Created", "EpisodeOfCare", 1));
        var held = await harness.ChildAsync(Sample.Robin);
        held.Select(r => r.Type)
            .Should()
            .BeEquivalentTo([RecordType.Patient, RecordType.EpisodeOfCare, RecordType.Flag]);
        held.Should()
            .OnlyContain(r => r.Version == 1 && r.Plan == null || r.Plan!.Type == PlanType.ChildProtectionPlan);
        foreach (var resource in held)
            ResourceParser.Parse(resource.Body, JsonLimits.Default).Refusal.Should().BeNull();
        var flag = JsonNode.Parse(held.Single(r => r.Type == RecordType.Flag).Body.Span)!;
        flag["extension"]![0]!["valueReference"]!["reference"]!
            .GetValue<string>()
            .Should()
            .Be("EpisodeOfCare/" + answered[1].Id);
        flag["subject"]!["reference"]!.GetValue<string>().Should().Be("Patient/" + answered[0].Id);
    }
}
