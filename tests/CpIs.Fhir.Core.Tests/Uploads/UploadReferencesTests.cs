using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>References of plans and Flags to what is held: every form in which our own answers write one.</summary>
public sealed class UploadReferencesTests
{
    [Theory]
    [InlineData("Patient/{id}")]
    [InlineData("Patient/{id}/_history/1")]
    [InlineData(UploadHarness.FhirBase + "/Patient/{id}")]
    [InlineData(UploadHarness.FhirBase + "/Patient/{id}/_history/1")]
    [InlineData("Patient?identifier=" + Sample.Nhs + "|" + Sample.Robin)]
    public async Task A_plan_may_refer_to_the_held_Patient_as_our_answers_write_it(string form)
    {
        await using var harness = await UploadHarness.OpenAsync();
        var id = (await harness.StoreAsync(Sample.Child()))[0].Id;
        var reference = form.Replace("{id}", id, StringComparison.Ordinal);

        await harness.StoreAsync(Sample.Bundle(Sample.Episode("CPP-0002", patient: reference)));

        var plan = (await harness.ChildAsync(Sample.Robin)).Single(r =>
            r.Identity == "XHF01|CPP-0002" && r.Type == RecordType.EpisodeOfCare
        );
        JsonNode.Parse(plan.Body.Span)!["patient"]!["reference"]!.GetValue<string>().Should().Be("Patient/" + id);
    }

    [Theory]
    [InlineData("EpisodeOfCare/{id}/_history/1")]
    [InlineData(UploadHarness.FhirBase + "/EpisodeOfCare/{id}")]
    public async Task A_Flag_may_refer_to_the_held_EpisodeOfCare_as_our_answers_write_it(string form)
    {
        await using var harness = await UploadHarness.OpenAsync();
        var answered = await harness.StoreAsync(Sample.Child());

        await harness.StoreAsync(
            Sample.Bundle(
                Sample.Flag(
                    patient: $"Patient/{answered[0].Id}/_history/1",
                    episode: form.Replace("{id}", answered[1].Id, StringComparison.Ordinal)
                )
            )
        );
    }

    [Theory]
    [InlineData("Patient/nobody")]
    [InlineData("Patient/{other}")]
    [InlineData("https://elsewhere.example/FHIR/R4/Patient/{id}")]
    [InlineData(UploadHarness.FhirBase + "Patient/{id}")]
    [InlineData("Patient/{id}/_history/")]
    [InlineData("Patient/{id}/_history/1/2")]
    [InlineData("Patient?identifier=" + Sample.Nhs + "|" + Sample.Robin + "/_history/1")]
    [InlineData("urn:uuid:00000000-0000-4000-8000-000000000000")]
    public async Task A_dangling_reference_is_told_at_the_entry_that_is_meant(string form)
    {
        await using var harness = await UploadHarness.OpenAsync();
        var id = (await harness.StoreAsync(Sample.Child()))[0].Id;
        var other = (await harness.StoreAsync(Sample.Child("XEL01"), UploadHarness.Elsewhere))[0].Id;
        var reference = form.Replace("{id}", id, StringComparison.Ordinal)
            .Replace("{other}", other, StringComparison.Ordinal);

        var refused = await harness.RefuseAsync(
            Sample.Bundle(
                Sample.Patient(),
                Sample.Episode(),
                Sample.Episode("CPP-0002", patient: reference, url: Sample.FlagUrl)
            )
        );

        var issue = refused.Issues.Single();
        (issue.Rule, issue.Expression)
            .Should()
            .Be(("cpis-upload-references", "Bundle.entry[2].resource.patient.reference"));
        issue.Diagnostics.Should().Contain("CPP-0002").And.NotContain(Sample.Robin);
    }

    [Fact]
    public async Task A_plan_that_names_another_child_than_its_Patient_is_told_there_and_its_Flag_is_not_blamed()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        var sent = await harness.RefuseAsync(
            Sample.Bundle(
                Sample.Patient(),
                Sample.Episode().With("resource.patient.identifier.value", Sample.Casey),
                Sample.Flag()
            )
        );
        var robin = (await harness.ChildAsync(Sample.Robin)).Single(r => r.Type == RecordType.Patient).Id;
        var held = await harness.RefuseAsync(
            Sample.Bundle(
                Sample.Patient(),
                Sample.Patient(Sample.Casey, url: Sample.FlagUrl),
                Sample.Episode(number: Sample.Casey, patient: "Patient/" + robin)
            )
        );

        sent.Issues.Single().Expression.Should().Be("Bundle.entry[1].resource.patient.identifier");
        held.Issues.Single().Expression.Should().Be("Bundle.entry[2].resource.patient.identifier");
    }
}
