using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>The label "do not show to patient or family" of what is stored.</summary>
public sealed class NotForPatientTests
{
    private const string Label = """[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"NOPAT"}]""";

    [Fact]
    public async Task A_stored_plan_has_the_label_and_a_Patient_has_none()
    {
        await using var harness = await UploadHarness.OpenAsync();

        await harness.StoreAsync(Sample.Child());

        foreach (var resource in await harness.ChildAsync(Sample.Robin))
        {
            var label = JsonNode.Parse(resource.Body.Span)!["meta"]!["security"]?.ToJsonString();
            label.Should().Be(resource.Type == RecordType.Patient ? null : Label, $"{resource.Type}");
        }
    }

    [Fact]
    public async Task An_authority_may_send_the_label_back_and_nothing_changes()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        var before = await BodiesAsync(harness);
        var again = Sample.Child();
        again["entry"]![1]!["resource"]!["meta"] = new JsonObject { ["security"] = JsonNode.Parse(Label) };

        await harness.StoreAsync(again);

        (await BodiesAsync(harness)).Should().Equal(before);
    }

    private static async Task<string[]> BodiesAsync(UploadHarness harness) =>
        [
            .. (await harness.ChildAsync(Sample.Robin))
                .Select(resource => Encoding.UTF8.GetString(resource.Body.Span))
                .Order(StringComparer.Ordinal),
        ];
}
