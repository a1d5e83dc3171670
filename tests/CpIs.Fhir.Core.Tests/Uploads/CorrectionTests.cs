using System.Text.Json.Nodes;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>A plan that was sent under a wrong NHS number, and what never changes under a plan id.</summary>
public sealed class CorrectionTests
{
    [Fact]
    public async Task A_held_plan_under_another_NHS_number_is_withdrawn_there_and_opened_here_in_one_commit()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var wrong = await harness.StoreAsync(Sample.ChildWithFlag().At(UploadHarness.Noon.AddHours(-2)));

        var right = await harness.StoreAsync(Sample.Child(number: Sample.Casey).At(UploadHarness.Noon.AddHours(-1)));

        right
            .Select(a => (a.Type, a.Status))
            .Should()
            .Equal(("Patient", "201 Created"), ("EpisodeOfCare", "201 Created"));
        right[1].Id.Should().NotBe(wrong[1].Id);
        var issue = right[1].Outcome!["issue"]!.AsArray().Single()!;
        issue["severity"]!.GetValue<string>().Should().Be("warning");
        issue["expression"]![0]!.GetValue<string>().Should().Be("Bundle.entry[1].resource.patient.identifier");
        issue["diagnostics"]!
            .GetValue<string>()
            .Should()
            .Contain("CPP-0001")
            .And.NotContainAny(Sample.Robin, Sample.Casey);

        var old = await harness.ChildAsync(Sample.Robin);
        old.Where(r => r.Plan is not null).Should().HaveCount(2);
        foreach (var record in old.Where(r => r.Plan is not null))
        {
            record.Should().Match<StoredResource>(r => r.Version == 2 && r.Plan!.Status == PlanStatus.Withdrawn);
            var json = JsonNode.Parse(record.Body.Span)!;
            json["status"]!.GetValue<string>().Should().Be("entered-in-error");
            json.ToJsonString().Should().Contain(Sample.Robin).And.Contain("CPP-0001");
        }

        (await VisibleAsync(harness, Sample.Robin)).Should().Be(0);
        (await VisibleAsync(harness, Sample.Casey)).Should().Be(1);
    }

    [Fact]
    public async Task An_older_upload_under_another_number_changes_nothing()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(UploadHarness.Noon.AddHours(-1)));

        var late = await harness.StoreAsync(Sample.Child(number: Sample.Casey).At(UploadHarness.Noon.AddHours(-2)));

        late[1].Outcome!.ToJsonString().Should().Contain("cpis-upload-superseded");
        (await VisibleAsync(harness, Sample.Robin)).Should().Be(1);
        (await VisibleAsync(harness, Sample.Casey)).Should().Be(0);
    }

    [Theory]
    [InlineData("active")]
    [InlineData("entered-in-error")]
    public async Task An_older_upload_under_another_number_leaves_no_Patient_without_a_plan(string held)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(
            Sample
                .Bundle(Sample.Patient(), Sample.Episode().With("resource.status", held))
                .At(UploadHarness.Noon.AddHours(-1))
        );

        var late = await harness.StoreAsync(Sample.Child(number: Sample.Casey).At(UploadHarness.Noon.AddHours(-2)));

        late[0].Status.Should().Be("204 No Content");
        late[0]
            .Outcome!.ToJsonString()
            .Should()
            .Contain("cpis-upload-superseded")
            .And.NotContainAny(Sample.Robin, Sample.Casey);
        (await harness.ChildAsync(Sample.Casey)).Should().BeEmpty();
        harness.Alarms.Superseded.Should().Equal((2, 2));
    }

    [Fact]
    public async Task A_plan_can_be_corrected_there_and_back_and_then_goes_on_as_any_other()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var at = UploadHarness.Noon.AddHours(-5);
        foreach (var number in new[] { Sample.Robin, Sample.Casey, Sample.Robin })
            await harness.StoreAsync(Sample.Child(number: number).At(at = at.AddHours(1)));

        var again = await harness.StoreAsync(Sample.Child().At(at.AddHours(1)));
        var ended = await harness.StoreAsync(
            Sample
                .Bundle(
                    Sample.Patient(),
                    Sample.Episode().With("resource.status", "finished").With("resource.period.end", "2026-11-20")
                )
                .At(UploadHarness.Noon)
        );

        again[1].Should().Match<Answered>(a => a.Version == 1 && a.Status == "200 OK");
        ended[1].Should().Match<Answered>(a => a.Version == 2 && a.Id == again[1].Id);
        (await harness.ChildAsync(Sample.Robin)).Count(r => r.Type == RecordType.EpisodeOfCare).Should().Be(2);
    }

    [Fact]
    public async Task A_withdrawn_plan_is_not_corrected()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode().With("resource.status", "entered-in-error"))
        );

        (await harness.RefuseAsync(Sample.Child(number: Sample.Casey))).Kind.Should().Be(RefusalKind.Conflict);
    }

    [Fact]
    public async Task A_corrected_plan_is_judged_as_a_new_one_of_the_right_child()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        var refused = await harness.RefuseAsync(
            Sample.Bundle(
                Sample.Patient(Sample.Casey).With("resource.birthDate", "1991-04-23"),
                Sample.Episode(number: Sample.Casey)
            )
        );

        refused.Issues.Single().Rule.Should().Be("cpis-plan-adult");
        (await VisibleAsync(harness, Sample.Robin)).Should().Be(1);
    }

    [Theory]
    [InlineData(Sample.Robin)]
    [InlineData(Sample.Casey)]
    public async Task The_type_never_changes_under_a_plan_id(string number)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        var refused = await harness.RefuseAsync(
            Sample.Bundle(Sample.Patient(number), Sample.Episode(number: number, code: "764841000000100"))
        );

        refused.Kind.Should().Be(RefusalKind.Rule);
        var issue = refused.Issues.Single();
        (issue.Rule, issue.Expression).Should().Be(("cpis-plan-type-immutable", "Bundle.entry[1].resource.type"));
        issue.Diagnostics.Should().Contain("CPP-0001");
        (await VisibleAsync(harness, Sample.Robin)).Should().Be(1);
    }

    private static async Task<int> VisibleAsync(UploadHarness harness, string number) =>
        ChildView.Of(await harness.ChildAsync(number), LondonCalendar.DayOf(harness.Clock.GetUtcNow())).Plans.Count;
}
