using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>Late never wins (promise 15), one case at a time. What holds of any order is in the contract suite of the stores.</summary>
public sealed class LateUploadTests
{
    private static readonly DateTimeOffset First = UploadHarness.Noon.AddDays(-3);
    private static readonly DateTimeOffset Second = UploadHarness.Noon.AddDays(-2);
    private static readonly DateTimeOffset Third = UploadHarness.Noon.AddDays(-1);

    [Fact]
    public async Task The_first_file_again_after_the_plan_was_finished_changes_nothing_and_is_told_so()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.ChildWithFlag().At(First));
        await harness.StoreAsync(Finished().At(Second));

        var again = await harness.StoreAsync(Sample.ChildWithFlag().At(First));

        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Finished);
        again.Should().OnlyContain(entry => entry.Status == "200 OK");
        again.Select(entry => entry.Version).Should().Equal(1, 2, 2);
        foreach (var entry in again)
            RuleOf(entry).Should().Be(("information", "cpis-upload-superseded"));
        Diagnostics(again[1]).Should().Contain("plan CPP-0001").And.Contain("2026-11-21");
    }

    [Fact]
    public async Task Without_a_time_a_finished_plan_is_opened_again_only_by_a_sender_who_names_its_version()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        await harness.StoreAsync(Finished());

        var refused = await harness.RefuseAsync(Sample.Child());
        var stale = await harness.RefuseAsync(
            Sample.Bundle(Sample.Patient(), Sample.Episode().With("request.ifMatch", "W/\"1\""))
        );
        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Finished);
        await harness.StoreAsync(Sample.Bundle(Sample.Patient(), Sample.Episode().With("request.ifMatch", "W/\"2\"")));

        refused.Kind.Should().Be(RefusalKind.PreconditionFailed);
        refused
            .Issues.Single()
            .Should()
            .Match<Issue>(i =>
                i.Rule == "cpis-plan-reopened-without-time"
                && i.Expression == "Bundle.entry[1].request.ifMatch"
                && i.Diagnostics.Contains("CPP-0001", StringComparison.Ordinal)
            );
        stale.Kind.Should().Be(RefusalKind.PreconditionFailed);
        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Active);
    }

    [Fact]
    public async Task With_a_newer_time_a_finished_plan_is_opened_again()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Finished().At(First));

        await harness.StoreAsync(Sample.Child().At(Second));

        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Active);
    }

    [Fact]
    public async Task At_one_and_the_same_time_a_plan_only_goes_forward()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(First));
        await harness.StoreAsync(Finished().At(First));

        var again = await harness.StoreAsync(Sample.Child().At(First));

        RuleOf(again[1]).Should().Be(("information", "cpis-upload-superseded"));
        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Finished);
    }

    [Fact]
    public async Task A_withdrawal_holds_against_the_first_file_and_a_newer_one_needs_a_new_plan_id()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(First));
        await harness.StoreAsync(Withdrawn().At(Second));

        var older = await harness.StoreAsync(Sample.Child().At(First));
        var newer = await harness.RefuseAsync(Sample.Child().At(Third));
        var untimed = await harness.RefuseAsync(Sample.Child());

        RuleOf(older[1]).Should().Be(("information", "cpis-upload-superseded"));
        foreach (var refused in new[] { newer, untimed })
        {
            refused.Kind.Should().Be(RefusalKind.Conflict);
            refused
                .Issues.Single()
                .Should()
                .Match<Issue>(i =>
                    i.Rule == "cpis-plan-withdrawn" && i.Expression == "Bundle.entry[1].resource.status"
                );
            refused.Issues[0].Diagnostics.Should().Contain("CPP-0001").And.Contain("new plan id");
        }

        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Withdrawn);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_withdrawal_that_comes_late_still_withdraws(bool byTheFlag)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(Third));

        await harness.StoreAsync(
            byTheFlag
                ? Sample
                    .Bundle(
                        Sample.Patient(),
                        Sample.Episode(),
                        Sample.Flag().With("resource.status", "entered-in-error")
                    )
                    .At(First)
                : Withdrawn().At(First)
        );

        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Withdrawn);
        (await harness.RefuseAsync(Sample.Child().At(Second))).Kind.Should().Be(RefusalKind.Conflict);
    }

    [Fact]
    public async Task What_is_confirmed_without_a_change_is_as_new_as_the_upload_that_confirmed_it()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(First));

        (await harness.StoreAsync(Sample.Child().At(Third))).Select(e => e.Version).Should().Equal(1, 1);
        var late = await harness.StoreAsync(
            Sample
                .Bundle(
                    Sample.Patient().With("resource.name.0.family", "Ashdown"),
                    Finished()["entry"]![1]!.DeepClone()
                )
                .At(Second)
        );

        late.Select(RuleOf).Should().OnlyContain(told => told.Rule == "cpis-upload-superseded");
        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Active);
        (await harness.ChildAsync(Sample.Robin)).Should().OnlyContain(r => r.Version == 1);
    }

    [Fact]
    public async Task A_Flag_that_comes_alone_confirms_its_plan()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(First));

        await harness.StoreAsync(FlagAlone().At(Third));
        await harness.StoreAsync(Finished().At(Second));

        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Active);
        var older = await harness.StoreAsync(
            Sample
                .Bundle(
                    FlagAlone()["entry"]![0]!
                        .DeepClone()
                        .AsObject()
                        .With("resource.status", "inactive")
                        .With("resource.period.end", "2026-11-20")
                )
                .At(First)
        );
        RuleOf(older[0]).Rule.Should().Be("cpis-upload-superseded");
    }

    [Fact]
    public async Task A_record_from_before_stamps_counts_with_when_it_was_written()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        foreach (var record in await harness.ChildAsync(Sample.Robin))
            if (record.Stamp is not null)
                (
                    await harness.Store.CommitAsync(
                        new Commit { Confirmations = [new Confirmation(record with { Stamp = null }, record.Stamp)] },
                        TestContext.Current.CancellationToken
                    )
                )
                    .Should()
                    .Be(CommitOutcome.Committed);

        var late = await harness.StoreAsync(Finished().At(Third));
        RuleOf(late[1]).Rule.Should().Be("cpis-upload-superseded");
        await harness.StoreAsync(Finished().At(UploadHarness.Noon.AddMinutes(1)));

        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Finished);
    }

    [Fact]
    public async Task Many_superseded_entries_raise_an_alarm_and_a_repeat_of_an_answered_request_none()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Finished().At(Second));
        const string request = "0b1f6a38-6f0c-4ee7-9a3c-1f9f8b0a7f11";
        var old = Sample.Child().At(First);

        await harness.SendAsync(old, requestId: request);
        await harness.SendAsync(old, requestId: request);

        harness.Alarms.Superseded.Should().Equal((2, 2));
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(9, true)]
    public async Task More_than_one_superseded_entry_in_ten_raises_an_alarm(int entries, bool alarm)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(First));
        var byNumber = $"Patient?identifier={Sample.Nhs}|{Sample.Robin}";
        await harness.StoreAsync(Sample.Bundle(Sample.Episode(patient: byNumber)).At(Third));

        await harness.StoreAsync(
            Sample
                .Bundle([
                    Sample.Patient(),
                    Sample.Episode(),
                    .. Enumerable
                        .Range(2, entries - 2)
                        .Select(n => Sample.Episode($"CPP-000{n}", url: $"urn:uuid:{Guid.NewGuid()}")),
                ])
                .At(Second)
        );

        harness.Alarms.Superseded.Should().Equal(alarm ? [(1, entries)] : []);
    }

    [Fact]
    public async Task An_upload_that_gets_in_between_with_a_newer_stamp_wins_though_it_changes_nothing()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(First));
        var watched = new CountingStore(harness.Store)
        {
            BeforeCommit = async commit =>
            {
                if (commit == 1)
                    await harness.StoreAsync(Sample.Child().At(Third));
            },
        };

        var late = await harness.SendAsync(Finished().At(Second), store: watched);

        watched.Commits.Should().Be(2);
        RuleOf(Answered.Of(late.Value)[1]).Rule.Should().Be("cpis-upload-superseded");
        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Active);
    }

    [Theory]
    [InlineData("period.end", "2026-11-22", "active")]
    [InlineData("period.start", "2027-03-01", "active")]
    [InlineData("period.end", "2026-11-24", "finished")]
    public async Task An_old_file_is_superseded_and_not_judged_by_today(string element, string day, string status)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Finished().At(Second));

        var late = await harness.StoreAsync(
            Sample
                .Bundle(
                    Sample.Patient(),
                    Sample.Episode().With("resource." + element, day).With("resource.status", status)
                )
                .At(First)
        );

        RuleOf(late[1]).Should().Be(("information", "cpis-upload-superseded"));
    }

    [Fact]
    public async Task The_file_that_is_held_comes_again_without_harm_after_the_end_that_it_planned()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var file = Sample
            .Bundle(Sample.Patient(), Sample.Episode().With("resource.period.end", "2026-11-24"))
            .At(Third);
        await harness.StoreAsync(file);
        harness.Clock.Advance(TimeSpan.FromDays(7));

        (await harness.StoreAsync(file)).Should().OnlyContain(entry => entry.Status == "200 OK" && entry.Version == 1);
        (await harness.RefuseAsync(file.At(harness.Clock.GetUtcNow())))
            .Issues.Single()
            .Rule.Should()
            .Be("cpis-plan-active-end");
    }

    [Theory]
    [InlineData("2026-11-20T11:59:60Z")] // a leap second is an instant in FHIR
    [InlineData("2026-11-20T11:59:60.5+01:00")]
    [InlineData("0001-01-01T00:00:00+14:00")] // before the first instant of .NET
    public async Task A_time_that_dotnet_cannot_read_does_not_count_as_now(string time)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child().At(Third));
        var old = Finished();
        old["timestamp"] = time;

        RuleOf((await harness.StoreAsync(old))[1]).Rule.Should().Be("cpis-upload-superseded");
        (await PlanAsync(harness)).Status.Should().Be(PlanStatus.Active);
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("null")]
    [InlineData("1764000000")]
    public async Task A_time_that_is_none_is_told_as_that_alone(string json)
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Finished().At(Second));
        var bundle = Sample.Child();
        bundle["timestamp"] = JsonNode.Parse(json);

        (await harness.RefuseAsync(bundle)).Issues.Single().Expression.Should().Be("Bundle.timestamp");
    }

    private static JsonNode Finished() =>
        Sample.Bundle(
            Sample.Patient(),
            Sample.Episode().With("resource.status", "finished").With("resource.period.end", "2026-11-20")
        );

    private static JsonNode Withdrawn() =>
        Sample.Bundle(Sample.Patient(), Sample.Episode().With("resource.status", "entered-in-error"));

    private static JsonNode FlagAlone() =>
        Sample.Bundle(
            Sample.Flag(
                patient: $"Patient?identifier={Sample.Nhs}|{Sample.Robin}",
                episode: "EpisodeOfCare?identifier=https://fhir.cpis.example/Id/plan/XHF01|CPP-0001"
            )
        );

    private static async Task<Plan> PlanAsync(UploadHarness harness) =>
        (await harness.ChildAsync(Sample.Robin)).Single(r => r.Type == RecordType.EpisodeOfCare).Plan!;

    private static (string Severity, string? Rule) RuleOf(Answered entry)
    {
        var issue = entry.Outcome!["issue"]!.AsArray()[^1]!;
        return (
            issue["severity"]!.GetValue<string>(),
            issue["details"]?["coding"]!.AsArray()[^1]!["code"]!.GetValue<string>()
        );
    }

    private static string Diagnostics(Answered entry) =>
        entry.Outcome!["issue"]!.AsArray()[^1]!["diagnostics"]!.GetValue<string>();
}
