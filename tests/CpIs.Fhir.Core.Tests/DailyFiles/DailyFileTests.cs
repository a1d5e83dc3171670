using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Tests.Notifications.Simulation;
using CpIs.Fhir.Core.Tests.Uploads;
using static CpIs.Fhir.Core.Tests.DailyFiles.DailyFileHarness;

namespace CpIs.Fhir.Core.Tests.DailyFiles;

public sealed class DailyFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_bad_record_stops_no_other_and_is_told_with_place_plan_element_rule_and_what_to_do()
    {
        await using var harness = await DailyFileHarness.OpenAsync();

        var file = await harness.StoreAsync(
            Sent(1),
            Child(1),
            Child(
                2,
                (patient, plan) =>
                {
                    patient.With("resource.birthDate", "not a day");
                    plan.With("resource.period.start", "2026-13-40");
                }
            ),
            "{ cut off",
            Child(3)
        );

        file.Counts.Should().Be(new DailyFileCounts { Loaded = 2, Refused = 2 });
        Verdicts.Of(file.Counts).Should().Be(FileVerdict.CPF03);
        var outcomes = await harness.OutcomesAsync(file);
        outcomes
            .Select(o => (o.Position.ToString(), o.Verdict))
            .Should()
            .Equal(
                ("line 1", RecordVerdict.CPR06),
                ("line 2", RecordVerdict.CPR07),
                ("line 3", RecordVerdict.CPR07),
                ("line 4", RecordVerdict.CPR06)
            );
        outcomes[1].LocalId.Should().Be("L-2");
        outcomes[1].Plans.Should().Equal(new PlanOutcome("CPP-2", RecordEffect.Refused));
        outcomes[1].Faults.Select(f => f.Element).Should().Contain(["Patient.birthDate", "EpisodeOfCare.period.start"]);
        outcomes[1].Faults.Should().OnlyContain(f => f.Severity == "error" && f.Text.Length > 20 && f.Rule != null);
        outcomes[1].Faults.Should().NotContain(f => f.Place!.Contains("request"));
        outcomes[2].Faults.Should().ContainSingle().Which.Rule.Should().Be("cpis-daily-record");
        (await harness.Uploads.ChildAsync(NumberOf(1))).Should().HaveCount(3);
        (await harness.Uploads.ChildAsync(NumberOf(2))).Should().BeEmpty();
    }

    [Fact]
    public async Task That_a_file_has_arrived_is_told_once_however_many_rounds_it_takes()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        var rounds = 0;
        var files = OnlyPartOf.Of<IDailyFileStore>(
            harness.Uploads.Store,
            (call, make) =>
                call == nameof(IDailyFileStore.ReplaceFileAsync) && rounds++ < 2 ? Task.FromResult(false) : make()
        );

        var sent = await DailyFileHarness.SendAsync(harness.Intake(files), Sent(1), Child(1));

        sent.Refusal.Should().BeNull();
        rounds.Should().Be(3);
        (await Reasons(harness)).Should().Equal("Daily file 1: 1 records received");
    }

    [Fact]
    public async Task What_a_sender_calls_an_element_makes_no_column_of_its_own_in_a_spreadsheet()
    {
        await using var harness = await DailyFileHarness.OpenAsync();

        var file = await harness.StoreAsync(Sent(1), Child(1, (patient, _) => patient.With("resource.a,=b", "c")));

        var outcome = (await harness.OutcomesAsync(file)).Single();
        outcome.Faults.Select(fault => fault.Element).Should().Contain("Patient.`a,=b`");
        DailyFileTable.RowsOf(outcome).Should().Contain(",\"Patient.`a,=b`\",");
    }

    [Fact]
    public async Task A_county_of_1754_records_with_100_faults_is_told_of_all_in_one_answer_and_1654_are_live()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        var lines = Enumerable.Range(0, 1_754).Select(n => n % 17 == 3 && n < 1_700 ? Fault(n) : Child(n)).ToList();

        var file = await harness.StoreAsync(Sent(1), lines);

        file.Counts.Should().Be(new DailyFileCounts { Loaded = 1_654, Refused = 100 });
        var outcomes = await harness.OutcomesAsync(file);
        outcomes.Should().HaveCount(1_754);
        outcomes.Where(o => o.Effect == RecordEffect.Refused).Should().OnlyContain(o => o.Faults.Count > 0);
        foreach (var n in new[] { 0, 3, 20, 1_753 })
            (await harness.Uploads.ChildAsync(NumberOf(n))).Should().HaveCount(n % 17 == 3 ? 0 : 3);

        static string Fault(int n) =>
            (n % 5) switch
            {
                0 => Child(n, (patient, _) => patient.With("resource.identifier.0.value", "9990000010")),
                1 => Child(n, (patient, _) => patient.With("resource.name.0.family", null)),
                2 => Child(n, (_, plan) => plan.With("resource.period.start", "01/02/2026")),
                3 => Child(n, (_, plan) => plan.With("resource.status", "planned")),
                _ => Child(n)[..100],
            };
    }

    [Fact]
    public async Task An_NHS_number_that_is_none_is_CPR04_and_never_repeated()
    {
        await using var harness = await DailyFileHarness.OpenAsync();

        var file = await harness.StoreAsync(
            Sent(1),
            Child(1, (patient, _) => patient.With("resource.identifier.0.value", "9990000010"))
        );

        (await harness.OutcomesAsync(file)).Single().Verdict.Should().Be(RecordVerdict.CPR04);
        (await harness.AnswerAsync(file)).Should().NotContain("9990000010").And.Contain("CPF04");
    }

    [Fact]
    public async Task The_same_file_again_is_the_same_answer_to_the_byte_and_another_under_its_number_is_refused()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        string[] lines = [Child(1), "broken", Child(2)];
        var first = await harness.AnswerAsync(await harness.StoreAsync(Sent(7), lines));
        harness.Uploads.Clock.Advance(TimeSpan.FromDays(2));

        var again = await harness.StoreAsync(Sent(7), lines);
        var other = await harness.SendAsync(Sent(7), Child(3));
        var later = await harness.SendAsync(Sent(7, UploadHarness.Noon), lines);

        (await harness.AnswerAsync(again)).Should().Be(first);
        (other.Refusal!.Kind, later.Refusal!.Kind).Should().Be((RefusalKind.Conflict, RefusalKind.Conflict));
        (await harness.Uploads.ChildAsync(NumberOf(1))).Should().OnlyContain(r => r.Version == 1);
        (await harness.Uploads.ChildAsync(NumberOf(3))).Should().BeEmpty();
    }

    [Fact]
    public async Task Two_records_of_one_child_are_done_in_their_order_as_is_a_plan_that_moves_to_another_number()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        var lines = new List<string>();
        for (var n = 0; n < 40; n++)
        {
            lines.Add(Child(n));
            lines.Add(Child(n, (_, plan) => Finish(plan)));
        }

        var file = await harness.StoreAsync(Sent(1), lines);

        file.Counts.Should().Be(new DailyFileCounts { Loaded = 80 });
        for (var n = 0; n < 40; n++)
            (await PlanAsync(harness, n))!.Plan!.Status.Should().Be(PlanStatus.Finished);
    }

    [Fact]
    public async Task An_older_file_changes_nothing_and_says_superseded_whether_the_newer_was_a_file_or_a_transaction()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(2, UploadHarness.Noon.AddHours(-1)), Child(1, (_, plan) => Finish(plan)));
        await harness.Uploads.StoreAsync(
            Sample.Bundle(Sample.Patient(), Finish(Sample.Episode())).At(UploadHarness.Noon.AddHours(-1))
        );

        var old = await harness.StoreAsync(
            Sent(1, UploadHarness.Noon.AddHours(-2)),
            Child(1),
            Line(Sample.Patient(), Sample.Episode())
        );

        old.Counts.Should().Be(new DailyFileCounts { Superseded = 2 });
        (await harness.OutcomesAsync(old))
            .Should()
            .OnlyContain(o => o.Faults.Any(f => f.Rule == "cpis-upload-superseded" && f.Severity == "information"));
        (await PlanAsync(harness, 1))!.Plan!.Status.Should().Be(PlanStatus.Finished);
        harness.Uploads.Alarms.Superseded.Should().Equal((2, 2));
    }

    [Fact]
    public async Task Of_two_files_of_one_time_the_higher_number_is_the_newer()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(9), Child(1, (_, plan) => Finish(plan)));

        var older = await harness.StoreAsync(Sent(8), Child(1));

        older.Counts.Superseded.Should().Be(1);
        (await PlanAsync(harness, 1))!.Stamp.Should().Be(new UploadStamp(UploadHarness.Noon.AddHours(-1), 9));
    }

    [Fact]
    public async Task A_dry_run_answers_the_same_and_stores_nothing()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(1, UploadHarness.Noon.AddHours(-3)), Child(1), Child(2));
        string[] lines =
        [
            Child(1),
            Child(2, (_, plan) => Finish(plan)),
            Child(3),
            Child(3, (_, plan) => Finish(plan)),
            "broken",
        ];
        var body = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines));

        var trial = await harness
            .Trial()
            .RunAsync(Sent(2), NdjsonRecords.ReadAsync(new MemoryStream(body), Cancellation), Cancellation);
        (await PlanAsync(harness, 2))!.Version.Should().Be(1);
        (await PlanAsync(harness, 3)).Should().BeNull();
        (await harness.Files.ReadFileAsync("XHF01-2", Cancellation)).Should().BeNull();
        var real = await harness.StoreAsync(Sent(2), lines);

        real.Counts.Should()
            .Be(
                new DailyFileCounts
                {
                    Loaded = 3,
                    Unchanged = 1,
                    Refused = 1,
                }
            );
        Answer(trial.Value.File, trial.Value.Outcomes).Should().Be(await harness.AnswerAsync(real));
    }

    [Fact]
    public async Task A_file_that_is_none_keeps_nothing_so_its_number_is_free()
    {
        await using var harness = await DailyFileHarness.OpenAsync();

        var cut = await harness.SendAsync(Sent(1) with { Count = 3 }, Child(1), Child(2));
        var empty = await harness.SendAsync(Sent(1));
        var ahead = await harness.SendAsync(Sent(1, UploadHarness.Noon.AddHours(1)), Child(1));
        var many = await harness.SendAsync(Sent(1) with { MostRecords = 1 }, Child(1), Child(2));

        new[] { cut, empty, ahead }.Select(r => r.Refusal!.Kind).Should().AllBeEquivalentTo(RefusalKind.Rule);
        many.Refusal!.Kind.Should().Be(RefusalKind.TooLarge);
        cut.Refusal!.Issues.Single().Diagnostics.Should().Contain("Sent: 2. Expected: 3.");
        harness.Uploads.Alarms.Ahead.Should().ContainSingle();
        (await harness.Files.ReadFilesAsync(OdsCode.Parse("XHF01"), 10, Cancellation)).Should().BeEmpty();
        (await harness.StoreAsync(Sent(1) with { Count = 2 }, Child(1), Child(2))).Counts.Loaded.Should().Be(2);
        var nothing = await harness.StoreAsync(Sent(2) with { Count = 0 });
        (nothing.State, Verdicts.Of(nothing.Counts)).Should().Be((DailyFileState.Done, FileVerdict.CPF02));
    }

    [Fact]
    public async Task Parts_may_come_in_any_order_and_twice_and_count_as_one_file_in_their_order()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        var sent = Sent(1) with { Parts = 3, Count = 3 };

        (await harness.SendAsync(sent with { Part = 3 }, Child(1, (_, plan) => Finish(plan))))
            .Value.State.Should()
            .Be(DailyFileState.Receiving);
        (await harness.SendAsync(sent with { Part = 1 }, Child(1))).Refusal.Should().BeNull();
        (await harness.SendAsync(sent with { Part = 1 }, Child(1))).Refusal.Should().BeNull();
        (await harness.SendAsync(sent with { Part = 1 }, Child(5))).Refusal!.Kind.Should().Be(RefusalKind.Conflict);
        var file = await harness.StoreAsync(sent with { Part = 2 }, Child(2));

        file.Counts.Should().Be(new DailyFileCounts { Loaded = 3 });
        (await PlanAsync(harness, 1))!.Plan!.Status.Should().Be(PlanStatus.Finished);
        (await PlanAsync(harness, 5)).Should().BeNull();
    }

    [Fact]
    public async Task Whoever_dies_between_two_records_another_goes_on_and_nothing_is_lost_or_done_twice()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        var lines = Enumerable.Range(0, 450).Select(n => Child(n)).ToList();
        (await harness.SendAsync(Sent(1), lines)).Refusal.Should().BeNull();
        var deaths = 0;
        for (var done = false; !done; )
        {
            var dying = new CountingStore(harness.Uploads.Store)
            {
                BeforeCommit = n =>
                    n > 60 && deaths < 5 ? throw new StoreUnavailableException("died") : Task.CompletedTask,
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

        deaths.Should().Be(5);
        var file = (await harness.Files.ReadFileAsync("XHF01-1", Cancellation))!;
        file.Counts.Should().Be(new DailyFileCounts { Loaded = 450 });
        (await harness.OutcomesAsync(file))
            .Should()
            .HaveCount(450)
            .And.OnlyContain(o => o.Effect == RecordEffect.Loaded);
        (await harness.Uploads.ChildAsync(NumberOf(7))).Should().HaveCount(3).And.OnlyContain(r => r.Version == 1);
        (await harness.Files.ReadSliceAsync(file.Id, file.Parts[1].Batch, 0, Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task A_server_that_vanished_with_its_lease_is_followed_by_another_when_that_ends()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        var file = (await harness.SendAsync(Sent(1), Child(1))).Value;
        var gone = file with
        {
            Revision = file.Revision + 1,
            Lease = new DailyFileLease("gone", UploadHarness.Noon.AddSeconds(60)),
        };
        (await harness.Files.ReplaceFileAsync(gone, Cancellation)).Should().BeTrue();

        (await harness.Server().RunSliceAsync(Cancellation)).Should().BeFalse();
        harness.Uploads.Clock.Advance(TimeSpan.FromSeconds(60));
        (await harness.Server().RunSliceAsync(Cancellation)).Should().BeTrue();

        (await harness.Files.ReadFileAsync(file.Id, Cancellation))!.State.Should().Be(DailyFileState.Done);
    }

    [Fact]
    public async Task A_huge_file_delays_a_small_one_by_one_slice_at_most()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.SendAsync(Sent(1), [.. Enumerable.Range(0, 900).Select(n => Child(n))]);
        var server = harness.Server();
        await server.RunSliceAsync(Cancellation);
        await server.RunSliceAsync(Cancellation);
        harness.Uploads.Clock.Advance(TimeSpan.FromSeconds(1));
        var small = await harness.SendAsync(Sent(1, caller: UploadHarness.Elsewhere), Child(2_000, ods: "XEL01"));

        await server.RunSliceAsync(Cancellation);

        (await harness.Files.ReadFileAsync(small.Value.Id, Cancellation))!.State.Should().Be(DailyFileState.Done);
        (await harness.Files.ReadFileAsync("XHF01-1", Cancellation))!.SlicesDone.Should().Be(2);
    }

    [Fact]
    public async Task It_is_on_record_who_sent_it_before_its_records_are_stored_and_how_it_ended_in_numbers()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.SendAsync(Sent(5), Child(1));
        var before = await Reasons(harness);

        await harness.WorkAsync();

        before.Should().Equal("Daily file 5: 1 records received");
        (await Reasons(harness))
            .Should()
            .Contain("Daily file 5: 1 records: 1 loaded, 0 unchanged, 0 superseded, 0 refused");
    }

    private static async Task<IReadOnlyList<string?>> Reasons(DailyFileHarness harness) =>
        [
            .. (
                await harness.Uploads.Store.SearchOccurrencesAsync(
                    new OccurrenceQuery { Kind = OccurrenceKind.Upload },
                    Cancellation
                )
            ).Items.Select(o => o.Reason),
        ];

    private static System.Text.Json.Nodes.JsonObject Finish(System.Text.Json.Nodes.JsonObject plan) =>
        plan.With("resource.status", "finished").With("resource.period.end", "2026-11-20");

    private static async Task<StoredResource?> PlanAsync(DailyFileHarness harness, int n) =>
        (
            await harness.Uploads.Store.ReadByIdentityAsync(RecordType.EpisodeOfCare, [$"XHF01|CPP-{n}"], Cancellation)
        ).GetValueOrDefault($"XHF01|CPP-{n}");
}
