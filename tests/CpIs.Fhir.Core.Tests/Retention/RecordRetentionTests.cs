using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Tests.Uploads;

namespace CpIs.Fhir.Core.Tests.Retention;

/// <summary>Records that were uploaded go so many days after they could last be shown: not a day earlier, and whole.</summary>
public sealed class RecordRetentionTests
{
    private const int Days = 100;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_removed_unless_the_data_controller_says_when()
    {
        await using var harness = await RetentionHarness.OpenAsync(new RetentionOptions());
        await harness.EndedAsync();
        harness.MoveTo("2060-01-01");

        (await harness.RunAsync()).Should().Be(new RetentionCounts());

        (await harness.HeldAsync()).Should().HaveCount(3);
    }

    [Fact]
    public async Task An_ended_plan_goes_when_its_year_and_its_days_are_over_with_Flag_Patient_and_every_version()
    {
        await using var harness = await OpenAsync();
        var ids = await harness.EndedAsync(); // on 23 November 2026
        harness.MoveTo("2028-03-02"); // 365 days and 100 more: the last day

        (await harness.RunAsync()).IsWorthTelling.Should().BeFalse();
        (await harness.HeldAsync()).Should().HaveCount(3);

        harness.MoveTo("2028-03-03");
        (await harness.RunAsync()).Should().Be(new RetentionCounts { Plans = 1, Patients = 1 });
        (await harness.HeldAsync()).Should().BeEmpty();
        foreach (var (type, id) in ids)
            (await harness.Store.ReadAsync(type, id, 1, Stop)).Should().BeNull();
    }

    [Fact]
    public async Task An_open_plan_goes_when_the_child_came_of_age_and_the_days_are_over()
    {
        await using var harness = await OpenAsync();
        await harness.Uploads.StoreAsync(Sample.Child()); // born on 23 April 2019
        harness.MoveTo("2037-07-31"); // 22 April 2037 was the last day

        (await harness.RunAsync()).IsWorthTelling.Should().BeFalse();
        harness.MoveTo("2037-08-01");
        (await harness.RunAsync()).Should().Be(new RetentionCounts { Plans = 1, Patients = 1 });
    }

    [Fact]
    public async Task A_withdrawn_plan_goes_so_many_days_after_its_withdrawal()
    {
        await using var harness = await OpenAsync();
        await harness.Uploads.StoreAsync(Sample.Child());
        harness.MoveTo("2027-01-10");
        await harness.Uploads.StoreAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode().With("resource.status", "entered-in-error"))
        );
        harness.MoveTo("2027-04-20");

        (await harness.RunAsync()).IsWorthTelling.Should().BeFalse();
        harness.MoveTo("2027-04-21");
        (await harness.RunAsync()).Should().Be(new RetentionCounts { Plans = 1, Patients = 1 });
    }

    [Fact]
    public async Task An_unborn_plan_goes_by_its_due_date_and_never_by_the_age_of_the_mother()
    {
        await using var harness = await OpenAsync();
        var mother = Sample.Patient().With("resource.birthDate", "1999-04-23");
        var plan = Sample.Episode(code: "818901000000100");
        plan.With("resource.period", new JsonObject { ["start"] = "2026-10-05", ["end"] = "2027-03-01" });
        await harness.Uploads.StoreAsync(Sample.Bundle(mother, plan));
        harness.MoveTo("2027-07-07"); // 29 March and 100 days

        (await harness.RunAsync()).IsWorthTelling.Should().BeFalse();
        harness.MoveTo("2027-07-08");
        (await harness.RunAsync()).Should().Be(new RetentionCounts { Plans = 1, Patients = 1 });
    }

    [Fact]
    public async Task A_Patient_with_another_plan_stays_and_so_does_what_another_authority_holds_of_the_child()
    {
        await using var harness = await OpenAsync();
        await harness.EndedAsync();
        await harness.Uploads.StoreAsync(Sample.Child(plan: "CPP-0002"));
        await harness.Uploads.StoreAsync(Sample.Child("XEL01"), UploadHarness.Elsewhere);
        harness.MoveTo("2028-03-03");

        (await harness.RunAsync()).Should().Be(new RetentionCounts { Plans = 1 });

        var held = await harness.HeldAsync();
        held.Count(r => r.Authority == UploadHarness.Elsewhere.Organisation).Should().Be(3);
        held.Where(r => r.Authority == UploadHarness.Hertfordshire.Organisation)
            .Select(r => r.Identity)
            .Should()
            .BeEquivalentTo("XHF01|9990000018", "XHF01|CPP-0002", "XHF01|CPP-0002");
    }

    [Fact]
    public async Task A_Patient_without_a_plan_stays_for_as_long_as_it_was_told_anew_lately()
    {
        await using var harness = await OpenAsync();
        await harness.AloneAsync();
        harness.MoveTo("2027-03-03"); // 100 days after 23 November
        (await harness.RunAsync()).IsWorthTelling.Should().BeFalse();

        harness.MoveTo("2027-03-04");
        (await harness.RunAsync()).Should().Be(new RetentionCounts { Patients = 1 });
    }

    [Fact]
    public async Task A_plan_that_is_changed_while_its_removal_is_under_way_stays()
    {
        await using var harness = await OpenAsync();
        await harness.EndedAsync();
        harness.MoveTo("2028-03-03");
        harness.BeforeCommit = async () =>
            await harness.Uploads.StoreAsync(
                Sample.Bundle(Sample.Patient(), Sample.Episode()).At(harness.Uploads.Clock.GetUtcNow())
            );

        (await harness.RunAsync()).IsWorthTelling.Should().BeFalse();

        (await harness.HeldAsync()).Should().HaveCount(3).And.OnlyContain(r => r.Plan == null || r.Plan.End == null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_plan_that_is_uploaded_while_its_Patient_is_being_removed_never_stands_alone(bool sentAgain)
    {
        // The upload comes between the reading and the commit of the removal, and takes the Patient for granted.
        await using var first = await OpenAsync();
        await first.AloneAsync();
        first.MoveTo("2027-06-01");
        first.BeforeCommit = async () => await first.Uploads.StoreAsync(NewPlan());
        (await first.RunAsync()).IsWorthTelling.Should().BeFalse("it has a plan by then");
        (await first.HeldAsync()).Should().HaveCount(3);

        // The removal comes between the reading and the commit of the upload.
        await using var second = await OpenAsync();
        await second.AloneAsync();
        second.MoveTo("2027-06-01");
        var watched = new CountingStore(second.Store)
        {
            BeforeCommit = async commit =>
            {
                if (commit == 1)
                    (await second.RunAsync()).Patients.Should().Be(1);
            },
        };
        var result = await second.Uploads.SendAsync(NewPlan(), store: watched);
        if (sentAgain)
            result.Refusal.Should().BeNull();
        else
            result.Refusal!.Kind.Should().Be(RefusalKind.Rule, "what it leads to is no more");
        (await second.HeldAsync()).Should().HaveCount(sentAgain ? 3 : 0);

        JsonNode NewPlan() =>
            sentAgain
                ? Sample.Child()
                : Sample.Bundle(Sample.Episode(patient: $"Patient?identifier={Sample.Nhs}|{Sample.Robin}"));
    }

    [Fact]
    public async Task A_Patient_that_was_told_long_ago_gets_a_new_version_with_a_new_plan_and_is_the_same_but_for_that()
    {
        await using var harness = await OpenAsync();
        await harness.Uploads.StoreAsync(Sample.Child());
        harness.MoveTo("2026-12-20");
        await harness.Uploads.StoreAsync(Sample.Child(plan: "CPP-0002"));
        var before = (await harness.HeldAsync()).Single(r => r.Type == RecordType.Patient);
        before.Version.Should().Be(1, "27 days are no long time");
        harness.MoveTo("2026-12-22");

        await harness.Uploads.StoreAsync(Sample.Child(plan: "CPP-0003"));

        var after = (await harness.HeldAsync()).Single(r => r.Type == RecordType.Patient);
        after.Version.Should().Be(2);
        after.Tokens.Should().Equal(before.Tokens);
        Undated(after.Body).Should().Be(Undated(before.Body));
        Undated(after.SettingView).Should().Be(Undated(before.SettingView)).And.NotContain("L-1001");
        (await harness.Uploads.StoreAsync(Sample.Child(plan: "CPP-0003")))
            .Should()
            .OnlyContain(entry => entry.Outcome != null, "sent again it is unchanged as ever");

        static string Undated(ReadOnlyMemory<byte> body)
        {
            var json = JsonNode.Parse(body.Span)!;
            json["meta"]!.AsObject().Remove("versionId");
            json["meta"]!.AsObject().Remove("lastUpdated");
            return json.ToJsonString();
        }
    }

    [Fact]
    public async Task A_walk_that_is_cut_off_goes_on_with_what_is_left_and_a_repeat_removes_nothing()
    {
        await using var harness = await OpenAsync(bite: 3);
        var numbers = Enumerable
            .Range(1, 200)
            .Select(Synthetic.SyntheticNhsNumbers.OfStem)
            .OfType<NhsNumber>()
            .Take(10)
            .Select(n => n.Digits)
            .ToList();
        foreach (var (number, i) in numbers.Select((n, i) => (n, i)))
            await harness.EndedAsync(number, $"P{i}");
        harness.MoveTo("2028-03-03");
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var commits = 0;
        harness.BeforeCommit = () => ++commits == 5 ? cut.CancelAsync() : Task.CompletedTask;

        var run = async () => await harness.RunAsync(cut.Token);
        await run.Should().ThrowAsync<OperationCanceledException>();
        harness.Reported.Plans.Should().Be(4, "what was removed before is told");
        harness.BeforeCommit = () => Task.CompletedTask;
        var rest = await harness.RunAsync();

        (harness.Reported.Plans, rest.Plans, rest.Patients).Should().Be((6, 6, 6));
        harness.Clock.Advance(RetentionRun.WalkEvery);
        (await harness.RunAsync()).IsWorthTelling.Should().BeFalse();
    }

    private static Task<RetentionHarness> OpenAsync(int bite = 100) =>
        RetentionHarness.OpenAsync(new RetentionOptions { RecordsAfterDays = Days }, bite);
}
