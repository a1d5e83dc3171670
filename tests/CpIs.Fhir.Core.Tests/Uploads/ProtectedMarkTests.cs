using System.Text.Json.Nodes;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>The mark of a plan of a family in flight: an upload sets it whenever it comes, and no upload removes it.</summary>
public sealed class ProtectedMarkTests
{
    private const string Mark =
        """{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}""";

    private static readonly DateTimeOffset First = UploadHarness.Noon.AddDays(-2);
    private static readonly DateTimeOffset Second = UploadHarness.Noon.AddDays(-1);

    [Fact]
    public async Task A_mark_is_kept_on_the_plan_and_on_its_Flag_and_its_absence_changes_nothing()
    {
        await using var harness = await OpenAsync();

        await harness.StoreAsync(Marked(Sample.Child().At(First)));
        var before = await MarksAsync(harness, Sample.Robin);
        var again = await harness.StoreAsync(Sample.Child().At(Second));

        before.Should().Equal(("EpisodeOfCare", 1, true), ("Flag", 1, true));
        (await MarksAsync(harness, Sample.Robin)).Should().Equal(before);
        again[1].Version.Should().Be(1, "what was sent is what is held");
        foreach (var plan in (await harness.ChildAsync(Sample.Robin)).Where(r => r.Plan is not null))
            JsonNode.Parse(plan.Body.Span)!["meta"]!["security"]!
                .AsArray()
                .Select(label => label!["code"]!.GetValue<string>())
                .Should()
                .Equal("NOPAT", "V");
    }

    [Fact]
    public async Task A_plan_that_is_held_becomes_protected_by_its_Flag_alone_too()
    {
        await using var harness = await OpenAsync();
        await harness.StoreAsync(Sample.ChildWithFlag().At(First));

        await harness.StoreAsync(Marked(Sample.ChildWithFlag().At(Second), entry: 2));

        (await MarksAsync(harness, Sample.Robin)).Should().Equal(("EpisodeOfCare", 2, true), ("Flag", 2, true));
    }

    [Fact]
    public async Task However_late_a_mark_comes_it_protects_and_nothing_else_of_the_older_file_is_taken()
    {
        await using var harness = await OpenAsync();
        await harness.StoreAsync(Sample.Child().At(Second));
        var older = Marked(Sample.Child().At(First));
        older["entry"]![1]!["resource"]!["period"]!["start"] = "2026-10-01";

        var answer = await harness.StoreAsync(older);

        answer[1].Outcome!.ToJsonString().Should().Contain("Only the protected mark was set.");
        (await MarksAsync(harness, Sample.Robin)).Should().Equal(("EpisodeOfCare", 2, true), ("Flag", 2, true));
        var plan = (await harness.ChildAsync(Sample.Robin)).Single(r => r.Type == RecordType.EpisodeOfCare);
        plan.Plan!.Start.Should().Be(new DateOnly(2026, 10, 5));
        plan.Stamp!.Time.Should().Be(Second);
    }

    [Theory]
    [InlineData("finished")]
    [InlineData("entered-in-error")]
    public async Task An_end_and_a_withdrawal_keep_the_mark(string status)
    {
        await using var harness = await OpenAsync();
        await harness.StoreAsync(Marked(Sample.Child().At(First)));
        var ended = Sample.Child().At(Second);
        ended["entry"]![1]!["resource"]!["status"] = status;
        ended["entry"]![1]!["resource"]!["period"]!["end"] = "2026-11-01";

        await harness.StoreAsync(ended);

        (await MarksAsync(harness, Sample.Robin)).Should().Equal(("EpisodeOfCare", 2, true), ("Flag", 2, true));
    }

    [Fact]
    public async Task A_correction_of_the_number_takes_the_mark_along_and_leaves_it_behind_too()
    {
        await using var harness = await OpenAsync();
        await harness.StoreAsync(Marked(Sample.Child().At(First)));

        await harness.StoreAsync(Sample.Child(number: Sample.Casey).At(Second));

        (await MarksAsync(harness, Sample.Casey)).Should().OnlyContain(each => each.IsProtected).And.HaveCount(2);
        (await MarksAsync(harness, Sample.Robin)).Should().OnlyContain(each => each.IsProtected).And.HaveCount(2);
    }

    [Fact]
    public async Task The_mark_of_one_plan_hides_all_plans_of_its_authority_and_no_other_even_when_it_was_withdrawn()
    {
        await using var harness = await OpenAsync();
        await harness.StoreAsync(Sample.Child("XEL01", "THEIRS-1"), UploadHarness.Elsewhere);
        var withdrawn = Marked(Sample.Child().At(First));
        withdrawn["entry"]![1]!["resource"]!["status"] = "entered-in-error";
        await harness.StoreAsync(withdrawn);
        await harness.StoreAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode("LAC-0002", code: "764841000000100")).At(Second)
        );

        var view = ChildView.Of(
            await harness.ChildAsync(Sample.Robin),
            LondonCalendar.DayOf(harness.Clock.GetUtcNow())
        );

        view.Plans.Select(plan => plan.Episode.Authority.Value).Should().Equal("XEL01");
        view.Protected.Select(plan => plan.Plan.Type).Should().Equal(PlanTypes.LookedAfter);
        view.Hidden.Select(authority => authority.Value).Should().Equal("XHF01");
        view.Shown()
            .Select(plan => (plan.Authority.Value, plan.IsProtected))
            .Should()
            .Equal(("XEL01", false), ("XHF01", true));
    }

    [Fact]
    public async Task Where_no_phone_can_be_named_a_mark_is_refused_and_nothing_of_the_upload_is_stored()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var refusal = await harness.RefuseAsync(Marked(Sample.Child()));

        refusal.Kind.Should().Be(RefusalKind.Rule);
        var issue = refusal.Issues.Should().ContainSingle().Subject;
        issue.Rule.Should().Be("cpis-protected-phone");
        issue.Expression.Should().Be("Bundle.entry[1].resource.meta.security");
        issue.Diagnostics.Should().Contain("Protected:Phone");
        (await harness.ChildAsync(Sample.Robin)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_label_that_is_neither_of_the_two_is_refused()
    {
        await using var harness = await OpenAsync();
        var bundle = Marked(Sample.Child());
        bundle["entry"]![1]!["resource"]!["meta"]!["security"]![0]!["code"] = "R";

        var refusal = await harness.RefuseAsync(bundle);

        refusal.Issues.Should().Contain(issue => issue.Rule == "fhir-binding");
    }

    private static Task<UploadHarness> OpenAsync() =>
        UploadHarness.OpenAsync(new UploadOptions { TakesProtectedMarks = true });

    private static JsonNode Marked(JsonNode bundle, int entry = 1)
    {
        bundle["entry"]![entry]!["resource"]!["meta"] = JsonNode.Parse(Mark);
        return bundle;
    }

    private static async Task<IReadOnlyList<(string Type, int Version, bool IsProtected)>> MarksAsync(
        UploadHarness harness,
        string child
    ) =>
        [
            .. (await harness.ChildAsync(child))
                .Where(record => record.Plan is not null)
                .Select(record => (record.Type.ToString(), record.Version, record.Plan!.IsProtected))
                .Order(),
        ];
}
