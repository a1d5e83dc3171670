using System.Text.Json.Nodes;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Tests.Uploads;
using CpIs.Fhir.Core.Uploads;
using static CpIs.Fhir.Core.Tests.DailyFiles.DailyFileHarness;

namespace CpIs.Fhir.Core.Tests.DailyFiles;

public sealed class EndMissingTests
{
    // London's day of extraction is the 23rd of November.
    private static readonly DateTimeOffset Evening = UploadHarness.Noon.AddHours(-14);
    private static readonly DateOnly Today = new(2026, 11, 23);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DailyFileSent Full(long sequence) => Sent(sequence) with { Mode = DailyFileMode.Full, Count = 0 };

    [Fact]
    public async Task What_is_missing_ends_on_the_day_of_the_file_with_its_stamp_and_the_flag_with_it()
    {
        await using var harness = await OpenAsync(3);
        var file = await harness.StoreAsync(Full(2));

        (await harness.Endings().BeginAsync(file.Id, 3, Asking(), Cancellation)).Refusal.Should().BeNull();
        await harness.WorkAsync();

        file = await FileAsync(harness);
        file.Ending!.Ended.Should().NotBeNull();
        file.Ending.Counts.Should().Be(new DailyFileCounts { Loaded = 3 });
        for (var n = 0; n < 3; n++)
        {
            var child = await harness.Uploads.ChildAsync(NumberOf(n));
            var plan = child.Single(r => r.Type == RecordType.EpisodeOfCare);
            (plan.Plan!.Status, plan.Plan.End, plan.Stamp).Should().Be((PlanStatus.Finished, Today, file.Stamp));
            child.Single(r => r.Type == RecordType.Flag).Plan.Should().Be(plan.Plan);
        }

        (await harness.EndedAsync(file))
            .Select(o => (o.Position.ToString(), o.Plans.Single().Effect))
            .Should()
            .Equal(("row 2", RecordEffect.Loaded), ("row 3", RecordEffect.Loaded), ("row 4", RecordEffect.Loaded));
        (await Reasons(harness))
            .Should()
            .BeEquivalentTo([
                "Daily file 2: ending of 3 plans that were not in it, of 3 open",
                "Daily file 2: plans that were not in it: 3 ended, 0 newer, 0 left as they are",
            ]);
    }

    [Fact]
    public async Task A_wrong_count_a_late_call_a_file_of_changes_and_one_that_is_not_done_end_nothing()
    {
        await using var harness = await OpenAsync(3);
        var delta = await harness.StoreAsync(Sent(2), Child(1));
        var file = await harness.StoreAsync(Full(3));
        var open = (await harness.SendAsync(Full(4))).Value;

        var wrong = await harness.Endings().BeginAsync(file.Id, 2, Asking(), Cancellation);
        var ofChanges = await harness.Endings().BeginAsync(delta.Id, 3, Asking(), Cancellation);
        var early = await harness.Endings().BeginAsync(open.Id, 3, Asking(), Cancellation);
        harness.Uploads.Clock.Advance(TimeSpan.FromHours(24));
        var late = await harness.Endings().BeginAsync(file.Id, 3, Asking(), Cancellation);

        new[] { wrong, ofChanges, early, late }
            .Select(r => (r.Refusal!.Kind, r.Refusal.Issues.Single().Rule))
            .Should()
            .AllBeEquivalentTo((RefusalKind.Conflict, "cpis-end-missing"));
        wrong.Refusal!.Issues.Single().Diagnostics.Should().Contain("Sent: 2. Expected: 3.");
        await harness.WorkAsync();
        (await harness.Uploads.ChildAsync(NumberOf(0))).Should().OnlyContain(r => r.Version == 1);
    }

    [Fact]
    public async Task The_same_call_again_and_thirty_two_at_once_are_one_ending()
    {
        await using var harness = await OpenAsync(5);
        var file = await harness.StoreAsync(Full(2));

        var all = await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(n => Task.Run(() => harness.Endings().BeginAsync(file.Id, 5, Asking($"end-{n}"), Cancellation)))
        );
        await harness.WorkAsync();
        harness.Uploads.Clock.Advance(TimeSpan.FromDays(3));
        var again = await harness.Endings().BeginAsync(file.Id, 5, Asking("later"), Cancellation);
        var other = await harness.Endings().BeginAsync(file.Id, 4, Asking("later"), Cancellation);
        await harness.WorkAsync();

        all.Select(r => r.Value.Ending!.RequestId).Distinct().Should().ContainSingle();
        again.Value.Should().BeEquivalentTo(await FileAsync(harness));
        again.Value.Ending!.Counts.Loaded.Should().Be(5);
        other.Refusal!.Kind.Should().Be(RefusalKind.Conflict);
        (await Reasons(harness)).Count(reason => reason!.Contains("5 ended")).Should().Be(1);
    }

    [Fact]
    public async Task What_was_sent_again_changed_withdrawn_or_is_newer_is_left_alone_and_told()
    {
        await using var harness = await OpenAsync(6);
        var file = await harness.StoreAsync(Full(5));
        // After the report: a later file that is older, one that is newer, a new date of each kind, and a withdrawal.
        await harness.StoreAsync(Sent(3, UploadHarness.Noon.AddHours(-2)), Child(0));
        await harness.StoreAsync(
            Sent(4, UploadHarness.Noon.AddHours(-2)),
            Child(1, (_, plan) => plan.With("resource.period.start", "2026-11-02"))
        );
        await harness.StoreAsync(Sent(6, UploadHarness.Noon.AddMinutes(-1)), Child(2));
        await harness.StoreAsync(
            Sent(7, UploadHarness.Noon.AddMinutes(-1)),
            Child(3, (_, plan) => plan.With("resource.status", "entered-in-error"))
        );

        await harness.Endings().BeginAsync(file.Id, 6, Asking(), Cancellation);
        await harness.WorkAsync();

        var told = (await harness.EndedAsync(await FileAsync(harness, 5))).ToDictionary(o => o.Plans.Single().Id);
        told["CPP-0"].Faults.Single().Rule.Should().Be("cpis-missing-changed");
        told["CPP-0"].Faults.Single().PlanId.Should().Be("CPP-0");
        told["CPP-1"].Faults.Single().Rule.Should().Be("cpis-missing-changed");
        told["CPP-2"].Effect.Should().Be(RecordEffect.Superseded);
        told["CPP-2"].Faults.Single().Rule.Should().Be("cpis-upload-superseded");
        told["CPP-3"].Effect.Should().NotBe(RecordEffect.Loaded);
        (told["CPP-4"].Effect, told["CPP-5"].Effect).Should().Be((RecordEffect.Loaded, RecordEffect.Loaded));
        for (var n = 0; n < 3; n++)
            (await PlanAsync(harness, n)).Plan!.Status.Should().Be(PlanStatus.Active);
        (await PlanAsync(harness, 3)).Plan!.Status.Should().Be(PlanStatus.Withdrawn);
        (await PlanAsync(harness, 4)).Plan!.Status.Should().Be(PlanStatus.Finished);
    }

    [Fact]
    public async Task An_unborn_plan_ends_on_the_day_of_the_file_and_one_that_starts_later_is_left_and_told()
    {
        await using var harness = await OpenAsync(0);
        await harness.StoreAsync(
            Sent(1, Evening),
            Child(
                1,
                (mother, plan) =>
                {
                    mother.With("resource.birthDate", "1995-04-23");
                    Type(plan, PlanTypes.UnbornChildProtectionPlan);
                    plan.With("resource.period.end", "2027-02-01");
                }
            ),
            Child(2, (_, plan) => Type(plan, PlanTypes.LookedAfter)),
            Child(3, (_, plan) => plan.With("resource.period.start", "2026-12-01"))
        );
        var file = await harness.StoreAsync(Full(2));

        await harness.Endings().BeginAsync(file.Id, 3, Asking(), Cancellation);
        await harness.WorkAsync();

        var told = (await harness.EndedAsync(await FileAsync(harness))).ToDictionary(o => o.Plans.Single().Id);
        told.Values.Count(o => o.Effect == RecordEffect.Loaded).Should().Be(2);
        (await PlanAsync(harness, 1)).Plan!.End.Should().Be(Today);
        (await PlanAsync(harness, 2)).Plan!.End.Should().Be(Today);
        told["CPP-3"].Effect.Should().Be(RecordEffect.Refused);
        told["CPP-3"].Faults.Should().NotBeEmpty().And.OnlyContain(fault => fault.PlanId == "CPP-3");
        (await PlanAsync(harness, 3)).Plan!.Status.Should().Be(PlanStatus.Active);
    }

    [Fact]
    public async Task A_protected_plan_ends_with_its_mark()
    {
        await using var harness = await DailyFileHarness.OpenAsync(new UploadOptions { TakesProtectedMarks = true });
        await harness.StoreAsync(
            Sent(1, Evening),
            Child(
                1,
                (_, plan) =>
                    plan["resource"]!["meta"] = JsonNode.Parse(
                        """{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}"""
                    )
            )
        );
        var file = await harness.StoreAsync(Full(2));
        (await harness.ReportAsync(file)).Single().Missing!.IsProtected.Should().BeTrue();

        await harness.Endings().BeginAsync(file.Id, 1, Asking(), Cancellation);
        await harness.WorkAsync();

        var plan = (await PlanAsync(harness, 1)).Plan!;
        (plan.Status, plan.IsProtected).Should().Be((PlanStatus.Finished, true));
    }

    [Fact]
    public async Task Whoever_dies_between_two_commits_another_goes_on_and_each_plan_ends_once()
    {
        await using var harness = await OpenAsync(450);
        var file = await harness.StoreAsync(Full(2));
        await harness.Endings().BeginAsync(file.Id, 450, Asking(), Cancellation);
        var deaths = 0;
        for (var done = false; !done; )
        {
            var dying = new CountingStore(harness.Uploads.Store)
            {
                BeforeCommit = n =>
                    n > 30 && deaths < 9 ? throw new StoreUnavailableException("died") : Task.CompletedTask,
            };
            try
            {
                done = !await harness.Server(dying).RunSliceAsync(Cancellation);
            }
            catch (StoreUnavailableException)
            {
                deaths++;
            }
        }

        deaths.Should().Be(9);
        file = await FileAsync(harness);
        file.Ending!.Counts.Should().Be(new DailyFileCounts { Loaded = 450 });
        (await harness.EndedAsync(file))
            .Select(o => o.Plans.Single().Id)
            .Should()
            .OnlyHaveUniqueItems()
            .And.HaveCount(450);
        for (var n = 0; n < 450; n += 30)
            (await PlanAsync(harness, n)).Version.Should().Be(2);
    }

    [Fact]
    public async Task A_later_file_that_names_an_ended_plan_opens_it_again_and_an_older_one_does_not()
    {
        await using var harness = await OpenAsync(2);
        var file = await harness.StoreAsync(Full(5));
        await harness.Endings().BeginAsync(file.Id, 2, Asking(), Cancellation);
        await harness.WorkAsync();

        await harness.StoreAsync(Sent(4, UploadHarness.Noon.AddHours(-2)), Child(0));
        await harness.StoreAsync(Sent(6, UploadHarness.Noon), Child(1));

        (await PlanAsync(harness, 0)).Plan!.Status.Should().Be(PlanStatus.Finished);
        (await PlanAsync(harness, 1)).Plan!.Status.Should().Be(PlanStatus.Active);
    }

    [Fact]
    public async Task More_than_one_in_twenty_needs_a_second_person()
    {
        await using var harness = await OpenAsync(60);

        var three = await harness.StoreAsync(Full(2) with { Count = null }, [.. Children(57)]);
        var four = await harness.StoreAsync(Full(3) with { Count = null }, [.. Children(56)]);

        (three.Reconciliation!.Missing, three.Reconciliation.NeedsSecondPerson).Should().Be((3, false));
        (four.Reconciliation!.Missing, four.Reconciliation.NeedsSecondPerson).Should().Be((4, true));
    }

    private static IEnumerable<string> Children(int count) => Enumerable.Range(0, count).Select(n => Child(n));

    private static async Task<DailyFileHarness> OpenAsync(int children)
    {
        var harness = await DailyFileHarness.OpenAsync();
        if (children > 0)
            await harness.StoreAsync(Sent(1, Evening), [.. Children(children)]);
        return harness;
    }

    private static async Task<DailyFile> FileAsync(DailyFileHarness harness, int sequence = 2) =>
        (await harness.Files.ReadFileAsync($"XHF01-{sequence}", Cancellation))!;

    private static async Task<StoredResource> PlanAsync(DailyFileHarness harness, int n) =>
        (await harness.Uploads.Store.ReadByIdentityAsync(RecordType.EpisodeOfCare, [$"XHF01|CPP-{n}"], Cancellation))[
            $"XHF01|CPP-{n}"
        ];

    private static async Task<IReadOnlyList<string?>> Reasons(DailyFileHarness harness) =>
        [
            .. (
                await harness.Uploads.Store.SearchOccurrencesAsync(
                    new OccurrenceQuery { Kind = OccurrenceKind.Upload },
                    Cancellation
                )
            )
                .Items.Where(o => o.Interaction == "$end-missing")
                .Select(o => o.Reason),
        ];

    private static void Type(JsonObject plan, PlanType type) =>
        plan.With("resource.type.0.coding.0.code", type.Code).With("resource.type.0.coding.0.display", type.Display);
}
