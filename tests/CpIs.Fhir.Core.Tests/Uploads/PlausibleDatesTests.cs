using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>
/// Dates that cannot be true are refused, unlikely ones are taken with a warning, at their edges. Today is 23 November 2026 in
/// London.
/// </summary>
public sealed class PlausibleDatesTests
{
    private const string Cpp = "342191000000101";
    private const string Lac = "764841000000100";
    private const string Unborn = "818901000000100";

    [Theory]
    // A due date, and the mother's date of birth. 301 days ahead is 20 September 2027.
    [InlineData(Unborn, "1999-04-23", "2026-10-05", "2027-09-20", null, null)]
    [InlineData(Unborn, "1999-04-23", "2026-10-05", "2027-09-21", "cpis-plan-due-date-ahead", "period.end")]
    [InlineData(Unborn, "1999-04-23", "2026-10-05", "2029-03-01", "cpis-plan-due-date-ahead", "period.end")]
    [InlineData(Lac, "2019-04-23", "2019-04-23", null, null, null)]
    [InlineData(Lac, "2019-04-23", "2019-04-22", null, "cpis-plan-before-birth", "period.start")]
    [InlineData(Cpp, "2019-04-23", "2018-06-25", null, "cpis-plan-before-birth", "period.start")] // 302 days before
    [InlineData(Cpp, "2008-11-23", "2026-10-05", null, "cpis-plan-adult", "patient")] // 18 today
    [InlineData(Lac, "1986-04-23", "2016-10-05", null, "cpis-plan-adult", "patient")] // 1986 for 2016
    [InlineData(Cpp, "2008-11-24", "2026-10-05", null, null, null)]
    public async Task What_cannot_be_true_is_refused_when_a_plan_becomes_active(
        string code,
        string born,
        string start,
        string? end,
        string? rule,
        string? element
    )
    {
        await using var harness = await UploadHarness.OpenAsync();

        var result = await harness.SendAsync(Bundle(code, born, start, end));

        if (rule is null)
        {
            result.Refusal.Should().BeNull();
            return;
        }

        result.Refusal!.Kind.Should().Be(RefusalKind.Rule);
        var issue = result.Refusal.Issues.Single();
        (issue.Rule, issue.Expression).Should().Be((rule, "Bundle.entry[1].resource." + element));
        issue.Diagnostics.Should().Contain("CPP-0001").And.NotContain(born);
    }

    [Theory]
    [InlineData(Cpp, "2019-04-23", "2018-06-26", null, "cpis-plan-before-birth")] // 301 days before
    [InlineData(Cpp, "2019-04-23", "2019-04-22", null, "cpis-plan-before-birth")]
    [InlineData(Unborn, "2018-04-23", "2026-10-05", "2027-03-01", "cpis-plan-mother-age")] // a child of 8
    [InlineData(Unborn, "2014-11-24", "2026-10-05", "2027-03-01", "cpis-plan-mother-age")] // 12 tomorrow
    [InlineData(Unborn, "2014-11-23", "2026-10-05", "2027-03-01", null)]
    [InlineData(Unborn, "1970-11-24", "2026-10-05", "2027-03-01", null)] // 56 tomorrow
    [InlineData(Unborn, "1970-11-23", "2026-10-05", "2027-03-01", "cpis-plan-mother-age")]
    [InlineData(Unborn, "1999-04-23", "2026-03-05", "2026-11-10", null)] // due 13 days ago
    [InlineData(Unborn, "1999-04-23", "2026-03-05", "2026-11-09", "cpis-plan-overdue")]
    [InlineData(Unborn, "1999-04-23", "2026-03-05", "2026-10-20", "cpis-plan-overdue")] // hidden for a week
    public async Task What_is_unlikely_is_taken_with_a_warning(
        string code,
        string born,
        string start,
        string? end,
        string? rule
    )
    {
        await using var harness = await UploadHarness.OpenAsync();

        var answered = await harness.StoreAsync(Bundle(code, born, start, end));

        Warnings(answered[0]).Should().BeEmpty();
        Warnings(answered[1]).Select(w => w.Rule).Should().Equal(rule is null ? [] : [rule]);
        Warnings(answered[1]).Should().NotContain(w => !w.Text.Contains("CPP-0001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_overdue_plan_says_for_how_many_days_it_is_still_seen()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var answered = await harness.StoreAsync(Bundle(Unborn, "1999-04-23", "2026-03-05", "2026-11-09"));

        Warnings(answered[1]).Single().Text.Should().Contain("passed 14 days ago").And.Contain("14 more days");
    }

    [Theory]
    [InlineData("finished")]
    [InlineData("entered-in-error")]
    public async Task What_ends_or_withdraws_a_plan_is_never_refused_by_them(string status)
    {
        await using var harness = await UploadHarness.OpenAsync();

        await harness.StoreAsync(Bundle(Lac, "1986-04-23", "1980-01-01", "2026-11-20", status));
    }

    [Fact]
    public async Task A_plan_that_is_sent_again_as_it_is_held_is_never_refused_by_them_a_change_of_it_is()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Bundle(Lac, "2008-11-24", "2026-10-05", null));
        harness.Clock.Advance(TimeSpan.FromDays(1)); // 18 today

        var again = await harness.StoreAsync(Bundle(Lac, "2008-11-24", "2026-10-05", null));
        var changed = await harness.StoreAsync(Bundle(Lac, "2008-11-24", "2026-10-06", null));
        var before = await harness.RefuseAsync(Bundle(Lac, "2008-11-24", "2008-01-01", null));

        foreach (var answered in new[] { again, changed })
            Warnings(answered[1])
                .Single()
                .Should()
                .Match<(string Rule, string Text)>(w =>
                    w.Rule == "cpis-plan-adult" && w.Text.Contains("Send its end", StringComparison.Ordinal)
                );
        before.Issues.Single().Rule.Should().Be("cpis-plan-before-birth");
    }

    [Fact]
    public async Task A_birth_date_that_is_put_long_after_the_start_of_a_held_plan_is_taken_with_a_warning()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Bundle(Cpp, "2019-04-23", "2020-01-01", null));

        var corrected = await harness.StoreAsync(Bundle(Cpp, "2021-06-01", "2020-01-01", null));

        Warnings(corrected[1]).Select(w => w.Rule).Should().Equal("cpis-plan-before-birth");
    }

    [Fact]
    public async Task A_plan_that_is_opened_again_is_judged_as_a_new_one()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var yesterday = UploadHarness.Noon.AddDays(-1);
        await harness.StoreAsync(Bundle(Cpp, "2000-01-01", "2016-01-01", "2017-01-01", "finished").At(yesterday));

        var refused = await harness.RefuseAsync(Bundle(Cpp, "2000-01-01", "2016-01-01", null).At(UploadHarness.Noon));

        refused.Issues.Single().Rule.Should().Be("cpis-plan-adult");
    }

    [Fact]
    public async Task A_superseded_plan_is_not_judged()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(UploadHarness.Noon));

        await harness.StoreAsync(Bundle(Cpp, "1986-04-23", "1980-01-01", null).At(UploadHarness.Noon.AddDays(-1)));
    }

    [Fact]
    public async Task A_date_of_birth_that_would_hide_an_open_plan_is_refused_with_both_dates()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        foreach (
            var bundle in new[]
            {
                Sample.Bundle(Sample.Patient().With("resource.birthDate", "1991-04-23")),
                Bundle(Cpp, "1991-04-23", "2026-10-05", null),
            }
        )
        {
            var refused = await harness.RefuseAsync(bundle);

            refused.Kind.Should().Be(RefusalKind.Rule);
            var issue = refused.Issues.Single();
            (issue.Rule, issue.Expression)
                .Should()
                .Be(("cpis-birth-date-hides-plan", "Bundle.entry[0].resource.birthDate"));
            issue.Diagnostics.Should().ContainAll("2019-04-23", "1991-04-23", "CPP-0001");
        }

        (await harness.ChildAsync(Sample.Robin))
            .Single(r => r.Type == RecordType.Patient)
            .BirthDate.Should()
            .Be(new DateOnly(2019, 4, 23));
    }

    [Theory]
    [InlineData("finished")]
    [InlineData("entered-in-error")]
    public async Task It_is_taken_where_the_same_commit_ends_the_plan(string status)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());

        var answered = await harness.StoreAsync(Bundle(Cpp, "1991-04-23", "2026-10-05", "2026-11-20", status));

        answered[0].Version.Should().Be(2);
    }

    [Fact]
    public async Task Any_other_correction_of_a_date_of_birth_is_taken()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Bundle(Lac, "2019-04-23", "2019-04-23", null));
        await harness.StoreAsync(
            Sample.Bundle(
                Sample.Patient(Sample.Casey).With("resource.birthDate", "2009-04-23"),
                Sample.Episode("UCP-1", Sample.Casey, code: Unborn).With("resource.period.end", "2027-03-01")
            )
        );

        // The looked-after plan starts before this birth; it is held, and not judged anew.
        var younger = await harness.StoreAsync(Sample.Bundle(Born("2020-04-23")));
        // A mother of 18 or more hides nothing.
        var mother = await harness.StoreAsync(
            Sample.Bundle(Sample.Patient(Sample.Casey).With("resource.birthDate", "1999-04-23"))
        );

        younger.Concat(mother).Should().OnlyContain(entry => entry.Version == 2);
    }

    [Fact]
    public async Task Two_open_plans_of_one_type_on_one_child_are_told_and_twins_are_not()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Bundle(Cpp, "2019-04-23", "2026-10-05", null));

        var second = await harness.StoreAsync(Sample.Child(plan: "CPP-0002"));
        var another = await harness.StoreAsync(Sample.Bundle(Sample.Patient(), Sample.Episode("LAC-1", code: Lac)));
        var moved = await harness.StoreAsync(
            Sample.Bundle(
                Sample.Patient(),
                Sample.Episode().With("resource.status", "finished").With("resource.period.end", "2026-11-20"),
                Sample.Episode("CPP-0002", url: Sample.FlagUrl)
            )
        );
        var twins = await harness.StoreAsync(
            Sample.Bundle(
                Sample.Patient(Sample.Casey).With("resource.birthDate", "1999-04-23"),
                Sample.Episode("UCP-1", Sample.Casey, code: Unborn).With("resource.period.end", "2027-03-01"),
                Sample
                    .Episode("UCP-2", Sample.Casey, code: Unborn, url: Sample.FlagUrl)
                    .With("resource.period.end", "2027-03-01")
            )
        );

        var told = Warnings(second[1]).Single();
        told.Rule.Should().Be("cpis-plan-second");
        told.Text.Should().Contain("Plan CPP-0002").And.Contain("CPP-0001");
        foreach (var answered in new[] { another, moved, twins })
            answered.SelectMany(Warnings).Should().NotContain(w => w.Rule == "cpis-plan-second");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_local_person_id_on_two_children_is_told(bool inOneBundle)
    {
        await using var harness = await UploadHarness.OpenAsync();
        JsonNode[] robin = [Sample.Patient(), Sample.Episode()];
        JsonNode[] casey =
        [
            Sample.Patient(Sample.Casey, url: Sample.FlagUrl),
            Sample.Episode("CPP-0002", Sample.Casey, patient: Sample.FlagUrl, url: "urn:uuid:" + Guid.NewGuid()),
        ];
        if (!inOneBundle)
            await harness.StoreAsync(Sample.Bundle(robin));

        var answered = await harness.StoreAsync(Sample.Bundle(inOneBundle ? [.. robin, .. casey] : casey));
        var again = await harness.StoreAsync(Sample.Child(number: Sample.Casey, plan: "CPP-0002"));

        var told = answered.Where(entry => entry.Type == "Patient").Select(entry => Warnings(entry).Single()).ToList();
        told.Should().HaveCount(inOneBundle ? 2 : 1);
        told.Should()
            .OnlyContain(w =>
                w.Rule == "cpis-patient-local-id-shared" && w.Text.Contains("L-1001", StringComparison.Ordinal)
            );
        again.SelectMany(Warnings).Should().BeEmpty("it is told when the id is given, not every night");
    }

    [Fact]
    public void Every_problem_of_a_plan_names_it_and_only_active_plans_are_judged()
    {
        var today = new DateOnly(2026, 11, 23);
        foreach (var type in PlanTypes.All)
        foreach (var status in Enum.GetValues<PlanStatus>())
        foreach (var move in Enum.GetValues<PlanMove>())
        foreach (var start in new[] { "1999-01-01", "2018-06-26", "2026-10-05" })
        foreach (var end in new[] { null, "2026-10-20", "2026-11-09", "2030-01-01" })
        foreach (var born in new[] { "1950-01-01", "1991-01-01", "2019-04-23", "2026-10-01" })
        {
            var plan = new Plan("", type, status, Day(start), end is null ? null : Day(end));
            var problems = PlausibleDates.Judge("PLAN-7", plan, Day(born), move, today).ToList();
            problems.Should().NotContain(p => !p.Text.Contains("PLAN-7", StringComparison.Ordinal));
            if (status != PlanStatus.Active)
                problems.Should().BeEmpty();
            if (move == PlanMove.Stays)
                problems.Should().NotContain(p => p.Refuses);
        }
    }

    private static JsonNode Bundle(string code, string born, string start, string? end, string status = "active")
    {
        var period = new JsonObject { ["start"] = start };
        if (end is not null)
            period["end"] = end;
        return Sample.Bundle(
            Born(born),
            Sample.Episode(code: code).With("resource.status", status).With("resource.period", period)
        );
    }

    private static JsonObject Born(string day) => Sample.Patient().With("resource.birthDate", day);

    private static DateOnly Day(string day) =>
        DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static List<(string Rule, string Text)> Warnings(Answered entry) =>
        [
            .. (entry.Outcome?["issue"]!.AsArray() ?? [])
                .Where(issue => issue!["severity"]!.GetValue<string>() == "warning")
                .Select(issue =>
                    (
                        issue!["details"]!["coding"]!.AsArray()[^1]!["code"]!.GetValue<string>(),
                        issue["diagnostics"]!.GetValue<string>()
                    )
                ),
        ];
}
