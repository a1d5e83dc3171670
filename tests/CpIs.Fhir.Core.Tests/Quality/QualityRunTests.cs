using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Quality;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Tests.DailyFiles;
using CpIs.Fhir.Core.Tests.Uploads;
using CpIs.Fhir.Core.Uploads;
using static CpIs.Fhir.Core.Tests.DailyFiles.DailyFileHarness;

namespace CpIs.Fhir.Core.Tests.Quality;

/// <summary>What an authority learns each morning of the quality of its register, and what it never learns of another's.</summary>
public sealed class QualityRunTests : IAsyncLifetime
{
    private static readonly OdsCode Hertfordshire = OdsCode.Parse("XHF01");
    private static readonly OdsCode Elsewhere = OdsCode.Parse("XEL01");
    private DailyFileHarness _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private UploadHarness Uploads => _house.Uploads;

    private QualityReports Reports => new(Uploads.Store);

    private DateOnly Today => LondonCalendar.DayOf(Uploads.Clock.GetUtcNow());

    public async ValueTask InitializeAsync() =>
        _house = await OpenAsync(new UploadOptions { TakesProtectedMarks = true });

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task What_is_held_is_counted_and_what_needs_a_look_is_listed_by_the_authoritys_own_ids()
    {
        // 18 on 12 January 2027, within 90 days of 23 November.
        await Uploads.StoreAsync(
            Sample.Bundle(
                Sample.Patient().With("resource.birthDate", "2009-01-12"),
                Sample.Episode(),
                Sample.Episode("CPP-0002", url: Url(2)),
                Sample.Episode("LAC-0001", code: "764841000000100", url: Url(3))
            )
        );
        await Uploads.StoreAsync(
            Sample.Bundle(
                Mother(),
                Sample
                    .Episode("UB-0001", Sample.Casey, code: "818901000000100")
                    .With("resource.period.end", "2026-11-20")
            )
        );

        var report = await RunAsync();

        (report.Children, report.Plans, report.OpenPlans).Should().Be((2, 4, 4));
        report.Of(QualityMeasure.NearEighteen).Count.Should().Be(3);
        var near = report.Of(QualityMeasure.NearEighteen).Lines.Single(line => line.PlanId == "LAC-0001");
        (near.LocalId, near.Since).Should().Be(("L-1001", new DateOnly(2027, 1, 12)));
        near.Text.Should().Contain("18 on 12 January 2027");
        var second = report.Of(QualityMeasure.SecondPlan).Lines.Single();
        second.PlanId.Should().Be("CPP-0001 CPP-0002");
        var due = report.Of(QualityMeasure.PastDue).Lines.Single();
        (due.PlanId, due.Since).Should().Be(("UB-0001", new DateOnly(2026, 11, 20)));
        due.Text.Should().Contain("20 November 2026").And.Contain("until 18 December 2026");
        report.Of(QualityMeasure.Disagreement).Should().Be(QualityList.Empty);
        var csv = QualityTable.Write(report);
        csv.Should().Contain("near-eighteen,3,").And.NotContainAny("Fernwood", Sample.Robin, Sample.Casey, "2009");
    }

    [Fact]
    public async Task A_disagreement_is_told_to_both_sides_in_one_night_and_shows_no_value_of_the_other()
    {
        await Uploads.StoreAsync(Sample.Child());
        await Uploads.StoreAsync(Other(), UploadHarness.Elsewhere);

        await RunAsync();

        foreach (var (own, other, plan) in Sides)
        {
            var line = (await ReadAsync(own)).Of(QualityMeasure.Disagreement).Lines.Single();
            line.PlanId.Should().Be(plan);
            line.Text.Should()
                .StartWith($"Name of {other} has another family name and date of birth under this NHS number.");
            line.Text.Should().NotContainAny("Fernwood", "Elder", "2018", "2019");
        }
    }

    [Fact]
    public async Task Of_a_protected_plan_nobody_learns_by_a_disagreement_not_even_its_own_authority()
    {
        await Uploads.StoreAsync(Sample.Child());
        var marked = Other();
        marked["entry"]![1]!["resource"]!["meta"] = JsonNode.Parse(
            """{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}"""
        );
        await Uploads.StoreAsync(marked, UploadHarness.Elsewhere);

        await RunAsync();

        foreach (var (own, _, _) in Sides)
            (await ReadAsync(own)).Of(QualityMeasure.Disagreement).Count.Should().Be(0);
    }

    [Fact]
    public async Task Only_who_holds_a_visible_plan_is_compared()
    {
        await Uploads.StoreAsync(Sample.Child());
        var over = Other();
        over["entry"]![1]!["resource"]!["status"] = "finished";
        over["entry"]![1]!["resource"]!["period"] = JsonNode.Parse("""{"start":"2020-01-01","end":"2020-02-01"}""");
        await Uploads.StoreAsync(over, UploadHarness.Elsewhere);

        await RunAsync();

        foreach (var (own, _, _) in Sides)
            (await ReadAsync(own)).Of(QualityMeasure.Disagreement).Count.Should().Be(0);
    }

    [Fact]
    public async Task A_record_that_is_refused_night_after_night_says_since_when_until_it_is_mended()
    {
        static string Faulty() => Child(1, (patient, _) => patient.With("resource.birthDate", "2035-01-01"));
        await _house.StoreAsync(Sent(1), Child(0), Faulty());
        var first = await RunAsync();
        await NightAsync();
        await _house.StoreAsync(Sent(2, Uploads.Clock.GetUtcNow().AddHours(-1)), Faulty());
        var second = await RunAsync();
        await NightAsync();
        await _house.StoreAsync(Sent(3, Uploads.Clock.GetUtcNow().AddHours(-1)), Child(1));
        var third = await RunAsync();

        var one = first.Failing.Single();
        (one.LocalId, one.Since, one.Times).Should().Be(("L-1", new DateOnly(2026, 11, 23), 1));
        var two = second.Failing.Single();
        (two.Since, two.Last, two.Times).Should().Be((new DateOnly(2026, 11, 23), new DateOnly(2026, 11, 24), 2));
        third.Failing.Should().BeEmpty();
        third.RefusedByRule().Should().Equal(("cpis-patient-birth-date", 2));
        third
            .RefusedByDay()
            .Should()
            .Equal((new DateOnly(2026, 11, 23), 1), (new DateOnly(2026, 11, 24), 1), (new DateOnly(2026, 11, 25), 0));
    }

    [Fact]
    public async Task It_is_made_once_a_day_after_four_by_one_server_and_kept_for_thirty_days()
    {
        Uploads.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 24, 3, 59, 0, TimeSpan.Zero));
        (await Server().RunAsync(Cancellation)).Should().BeNull();
        Uploads.Clock.Advance(TimeSpan.FromMinutes(1));

        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Server().RunAsync(Cancellation)));
        made.Should().ContainSingle(count => count == 2);
        (await Server().RunAsync(Cancellation)).Should().BeNull();

        for (var day = 0; day < 31; day++)
        {
            await NightAsync();
            (await Server().RunAsync(Cancellation)).Should().Be(2);
        }

        (await Reports.ReadAsync(Hertfordshire, new DateOnly(2026, 11, 24), Cancellation)).Should().BeNull();
        (await Reports.ReadAsync(Hertfordshire, new DateOnly(2026, 11, 26), Cancellation)).Should().NotBeNull();
        (await Reports.ReadAllAsync(Today, Cancellation))
            .Select(each => each.Authority)
            .Should()
            .Equal("XEL01", "XHF01");
    }

    [Fact]
    public async Task A_child_of_two_authorities_is_counted_once_for_each_however_small_the_bites()
    {
        for (var n = 0; n < 7; n++)
        {
            await Uploads.StoreAsync(Sample.Child(plan: $"CPP-{n}", number: NumberOf(n)));
            await Uploads.StoreAsync(Sample.Child("XEL01", $"CPP-{n}", NumberOf(n)), UploadHarness.Elsewhere);
        }

        var report = await RunAsync();

        (report.Children, report.OpenPlans).Should().Be((7, 7));
        (await ReadAsync(Elsewhere)).Children.Should().Be(7);
    }

    [Fact]
    public async Task The_MeasureReport_holds_numbers_alone()
    {
        await Uploads.StoreAsync(Sample.Child());
        await _house.StoreAsync(Sent(1), Child(1, (patient, _) => patient.With("resource.birthDate", "2035-01-01")));

        using var json = JsonDocument.Parse(MeasureReportWriter.Write(await RunAsync()));

        var groups = json
            .RootElement.GetProperty("group")
            .EnumerateArray()
            .ToDictionary(group => group.GetProperty("code").GetProperty("coding")[0].GetProperty("code").GetString()!);
        groups["children"].GetProperty("population")[0].GetProperty("count").GetInt32().Should().Be(1);
        groups["failing"].GetProperty("population")[0].GetProperty("count").GetInt32().Should().Be(1);
        groups["refused"]
            .GetProperty("stratifier")[0]
            .GetProperty("stratum")[0]
            .GetProperty("value")
            .GetProperty("text")
            .GetString()
            .Should()
            .Be("cpis-patient-birth-date");
        json.RootElement.GetRawText().Should().NotContainAny("CPP-", "L-1", Sample.Robin);
    }

    private static (OdsCode Own, string Other, string Plan)[] Sides =>
        [(Hertfordshire, "XEL01", "CPP-0001"), (Elsewhere, "XHF01", "EL-1")];

    private static string Url(int n) => $"urn:uuid:d4a7cae5-4eb8-4fbc-8d6a-9b5eafc03c0{n}";

    private static JsonObject Mother() =>
        Sample
            .Patient(Sample.Casey)
            .With("resource.birthDate", "1996-04-23")
            .With("resource.identifier.1.value", "L-1002");

    /// <summary>The same child as another authority knows it.</summary>
    private static JsonNode Other() =>
        Sample.Bundle(
            Sample
                .Patient(ods: "XEL01")
                .With("resource.name.0.family", "Elder")
                .With("resource.birthDate", "2018-04-23"),
            Sample.Episode("EL-1", ods: "XEL01")
        );

    private async Task<QualityReport> RunAsync()
    {
        (await Server().RunAsync(Cancellation)).Should().Be(2);
        return await ReadAsync(Hertfordshire);
    }

    private async Task<QualityReport> ReadAsync(OdsCode authority) =>
        (await Reports.ReadNewestAsync(authority, Today, Cancellation))!;

    private Task NightAsync()
    {
        Uploads.Clock.Advance(TimeSpan.FromDays(1));
        return Task.CompletedTask;
    }

    private QualityRun Server() =>
        new(
            Uploads.Store,
            Uploads.Store,
            UploadHarness.Organisations,
            new ServerLeases(Uploads.Store, new IdGenerator(Uploads.Clock), Uploads.Clock),
            new RetentionPace(3, TimeSpan.Zero),
            new IdGenerator(Uploads.Clock),
            Uploads.Clock
        );
}
