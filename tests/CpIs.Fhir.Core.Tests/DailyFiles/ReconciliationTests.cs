using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Tests.Uploads;
using static CpIs.Fhir.Core.Tests.DailyFiles.DailyFileHarness;

namespace CpIs.Fhir.Core.Tests.DailyFiles;

public sealed class ReconciliationTests
{
    private static readonly DateTimeOffset Evening = UploadHarness.Noon.AddHours(-14);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DailyFileSent Full(long sequence) => Sent(sequence) with { Mode = DailyFileMode.Full };

    [Fact]
    public async Task A_full_file_tells_what_is_missing_what_was_refused_and_what_it_changed()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(
            Sent(1, Evening),
            [
                .. Enumerable.Range(1, 6).Select(n => Child(n)),
                Child(7, (_, plan) => Finish(plan)),
                Child(8, (_, plan) => plan.With("resource.status", "entered-in-error")),
            ]
        );
        await harness.StoreAsync(Sent(1, Evening, UploadHarness.Elsewhere), Child(50, ods: "XEL01"));

        var file = await harness.StoreAsync(
            Full(2),
            Child(1),
            Child(2, (_, plan) => Finish(plan)),
            Child(3, (_, plan) => plan.With("resource.period.start", "no day")),
            Child(9),
            Child(10, (patient, _) => patient.With("resource.birthDate", "no day"))
        );

        var report = file.Reconciliation!;
        (report.Held, report.Missing, report.Newer).Should().Be((6, 3, 0));
        (report.NotHeld, report.RefusedHeld, report.Changed).Should().Be((1, 1, 2));
        report.NeedsSecondPerson.Should().BeTrue();
        report.Ended.Should().Be(UploadHarness.Noon);
        var rows = await harness.ReportAsync(file);
        rows.Should().HaveCount(ReconciliationRows.CountOf(report));
        rows.Where(row => row.Missing is not null)
            .Select(row => (row.Code, row.PlanId, row.Missing!.LocalId, row.Missing.Confirmed))
            .Should()
            .BeEquivalentTo([
                ("missing", "CPP-4", "L-4", Evening),
                ("missing", "CPP-5", "L-5", Evening),
                ("missing", "CPP-6", "L-6", Evening),
            ]);
        rows.Where(row => row.Missing is null)
            .Select(row => $"{row.Code} {row.PlanId} {row.Position}")
            .Should()
            .Equal(
                "refused-held CPP-3 line 3",
                "not-held CPP-10 line 5",
                "changed CPP-2 line 2",
                "changed CPP-9 line 4"
            );
        (await harness.AnswerAsync(file)).Should().Contain("\"reconciliation\"").And.NotContain(NumberOf(4));
    }

    [Fact]
    public async Task A_full_file_of_nothing_says_that_everything_is_missing_and_ends_nothing()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(1, Evening), [.. Enumerable.Range(0, 450).Select(n => Child(n))]);

        var file = await harness.StoreAsync(Full(2) with { Count = 0 });

        (file.State, file.Reconciliation!.Held, file.Reconciliation.Missing)
            .Should()
            .Be((DailyFileState.Done, 450, 450));
        (await harness.ReportAsync(file)).Select(row => row.PlanId).Should().OnlyHaveUniqueItems().And.HaveCount(450);
        for (var n = 0; n < 450; n += 50)
            (await harness.Uploads.ChildAsync(NumberOf(n))).Should().OnlyContain(r => r.Version == 1);
    }

    [Fact]
    public async Task What_changed_after_the_file_was_made_is_not_missing()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(1, Evening), Child(1), Child(2));
        await harness.StoreAsync(Sent(3, UploadHarness.Noon.AddMinutes(-5)), Child(2), Child(3));

        var file = await harness.StoreAsync(Full(2), Child(1));

        (file.Reconciliation!.Held, file.Reconciliation.Missing, file.Reconciliation.Newer).Should().Be((3, 0, 2));
    }

    [Fact]
    public async Task A_file_that_holds_what_changed_says_nothing_of_the_rest()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(1, Evening), Child(1), Child(2));

        var file = await harness.StoreAsync(Sent(2), Child(1));

        file.Reconciliation.Should().BeNull();
        (await harness.AnswerAsync(file)).Should().NotContain("reconciliation");
    }

    [Fact]
    public async Task Whoever_dies_while_the_report_is_made_another_goes_on_and_no_row_is_lost_or_twice()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(1, Evening), [.. Enumerable.Range(0, 500).Select(n => Child(n))]);
        await harness.SendAsync(Full(2), Child(1), Child(2, (_, plan) => plan.With("resource.period.start", "no day")));
        var deaths = 0;
        for (var done = false; !done; )
        {
            var reads = 0;
            var dying = new CountingStore(harness.Uploads.Store)
            {
                // Each server does a little more than the one before it.
                BeforeRead = _ => reads++ > deaths ? throw new StoreUnavailableException("died") : Task.CompletedTask,
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

        deaths.Should().BeGreaterThan(3);
        var file = (await harness.Files.ReadFileAsync("XHF01-2", Cancellation))!;
        (file.Reconciliation!.Held, file.Reconciliation.Missing, file.Reconciliation.RefusedHeld)
            .Should()
            .Be((500, 498, 1));
        (await harness.ReportAsync(file))
            .Where(row => row.Missing is not null)
            .Select(row => row.PlanId)
            .Should()
            .BeEquivalentTo(Enumerable.Range(0, 500).Except([1, 2]).Select(n => $"CPP-{n}"));
    }

    [Fact]
    public async Task A_dry_run_of_a_full_file_counts_the_same()
    {
        await using var harness = await DailyFileHarness.OpenAsync();
        await harness.StoreAsync(Sent(1, Evening), Child(1), Child(2), Child(3));
        string[] lines = [Child(1), Child(3, (_, plan) => plan.With("resource.period.start", "no day")), Child(4)];
        var body = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines));

        var trial = await harness
            .Trial()
            .RunAsync(Full(2), NdjsonRecords.ReadAsync(new MemoryStream(body), Cancellation), Cancellation);
        var real = await harness.StoreAsync(Full(2), lines);

        (real.Reconciliation!.Held, real.Reconciliation.Missing).Should().Be((4, 1));
        Answer(trial.Value.File, trial.Value.Outcomes).Should().Be(await harness.AnswerAsync(real));
    }

    private static void Finish(System.Text.Json.Nodes.JsonObject plan) =>
        plan.With("resource.status", "finished").With("resource.period.end", "2026-11-20");
}
