using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>Repeats, races and the cost of an upload in reads.</summary>
public sealed class RepeatedUploadTests
{
    private const string RequestId = "0b1f6a38-6f0c-4ee7-9a3c-1f9f8b0a7f10";

    [Fact]
    public async Task A_repeat_with_the_same_request_id_gets_the_first_answer_and_writes_nothing()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var first = await harness.SendAsync(Sample.Child(), requestId: RequestId);
        harness.Clock.Advance(TimeSpan.FromHours(23));

        var repeat = await harness.SendAsync(Sample.Child(), requestId: RequestId);

        repeat.Value.Body.ToArray().Should().Equal(first.Value.Body.ToArray());
        (await UploadsAsync(harness)).Should().Be(1);
    }

    [Fact]
    public async Task What_was_known_already_is_acknowledged_as_unchanged_and_what_is_new_is_not()
    {
        await using var harness = await UploadHarness.OpenAsync();
        (await harness.StoreAsync(Sample.Child())).Should().OnlyContain(entry => entry.Outcome == null);
        var next = Sample.Child();
        next["entry"]![0]!["resource"]!["birthDate"] = "2019-05-01";

        var answered = await harness.StoreAsync(next);

        answered.Single(entry => entry.Type == "Patient").Outcome.Should().BeNull("it has a new version");
        var issue = answered.Single(entry => entry.Type == "EpisodeOfCare").Outcome!["issue"]!.AsArray().Single()!;
        issue["severity"]!.GetValue<string>().Should().Be("information");
        issue["code"]!.GetValue<string>().Should().Be("informational");
        issue["diagnostics"]!.GetValue<string>().Should().Contain("nchanged");
    }

    [Fact]
    public async Task A_repeat_is_answered_even_when_todays_rules_would_refuse_it()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var bundle = Sample.Child();
        bundle["entry"]![1]!["resource"]!["period"]!["end"] = "2026-11-23";
        await harness.SendAsync(bundle, requestId: RequestId);
        harness.Clock.Advance(TimeSpan.FromHours(13)); // past midnight: the plan's end lies in the past now

        (await harness.SendAsync(bundle, requestId: RequestId)).Refusal.Should().BeNull();
        (await harness.SendAsync(bundle)).Refusal!.Kind.Should().Be(RefusalKind.Rule);
    }

    [Fact]
    public async Task Another_body_under_the_same_request_id_is_409()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.SendAsync(Sample.Child(), requestId: RequestId);

        var other = await harness.SendAsync(Sample.Child(plan: "CPP-0002"), requestId: RequestId);

        other.Refusal!.Kind.Should().Be(RefusalKind.Conflict);
        (await UploadsAsync(harness)).Should().Be(1);
    }

    [Fact]
    public async Task The_same_request_id_of_another_client_is_another_request()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.SendAsync(Sample.Child(), requestId: RequestId);

        var theirs = await harness.SendAsync(Sample.Child("XEL01"), UploadHarness.Elsewhere, RequestId);

        theirs.Refusal.Should().BeNull();
        (await UploadsAsync(harness)).Should().Be(2);
    }

    [Fact]
    public async Task A_refused_upload_is_not_kept_so_the_mended_one_may_use_its_request_id()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var broken = Sample.Bundle(Sample.Patient().With("resource.gender", "other"));

        (await harness.SendAsync(broken, requestId: RequestId)).Refusal.Should().NotBeNull();
        (await harness.SendAsync(Sample.Child(), requestId: RequestId)).Refusal.Should().BeNull();
    }

    [Fact]
    public async Task When_another_upload_gets_in_between_it_is_read_again_and_nothing_is_lost()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        var watched = new CountingStore(harness.Store)
        {
            BeforeCommit = async commit =>
            {
                if (commit == 1)
                    await harness.StoreAsync(Sample.Bundle(Sample.Patient().With("resource.birthDate", "2019-04-24")));
            },
        };

        var result = await harness.SendAsync(
            Sample.Bundle(Sample.Patient().With("resource.name.0.family", "Ashdown")),
            store: watched
        );

        Answered.Of(result.Value).Single().Version.Should().Be(3);
        watched.Commits.Should().Be(2);
    }

    [Fact]
    public async Task After_three_lost_races_it_is_409_with_a_time_to_come_again()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        var watched = new CountingStore(harness.Store)
        {
            BeforeCommit = commit =>
                harness.StoreAsync(Sample.Bundle(Sample.Patient().With("resource.birthDate", $"2019-05-0{commit}"))),
        };

        var result = await harness.SendAsync(
            Sample.Bundle(Sample.Patient().With("resource.name.0.family", "Ashdown")),
            store: watched
        );

        result.Refusal!.Kind.Should().Be(RefusalKind.Conflict);
        result.Refusal.RetryAfter.Should().BePositive();
        watched.Commits.Should().Be(3);
    }

    [Fact]
    public async Task A_stale_ifMatch_that_became_stale_in_between_is_412_not_a_lost_update()
    {
        await using var harness = await UploadHarness.OpenAsync();
        await harness.StoreAsync(Sample.Child());
        var watched = new CountingStore(harness.Store)
        {
            BeforeCommit = _ =>
                harness.StoreAsync(Sample.Bundle(Sample.Patient().With("resource.birthDate", "2019-05-01"))),
        };

        var result = await harness.SendAsync(
            Sample.Bundle(
                Sample.Patient().With("resource.name.0.family", "Ashdown").With("request.ifMatch", "W/\"1\"")
            ),
            store: watched
        );

        result.Refusal!.Kind.Should().Be(RefusalKind.PreconditionFailed);
    }

    [Fact]
    public async Task Ten_uploads_of_the_same_child_at_once_all_agree_on_one_record()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => harness.SendAsync(Sample.Child())));

        var ids = results.Where(r => r.Refusal is null).Select(r => Answered.Of(r.Value)[1].Id).Distinct();
        ids.Should().ContainSingle();
        results.Should().OnlyContain(r => r.Refusal == null || r.Refusal.Kind == RefusalKind.Conflict);
        (await harness.ChildAsync(Sample.Robin)).Should().HaveCount(3);
    }

    [Fact]
    public async Task However_large_the_Bundle_it_costs_seven_reads_and_one_commit()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var watched = new CountingStore(harness.Store);
        var population = Synthetic.SyntheticPopulation.OfCounty(
            OdsCode.Parse("XHF01"),
            120,
            new DateOnly(2026, 11, 23)
        );
        var bundle = Synthetic.SyntheticUpload.Bundles(population, 300).First();

        var result = await harness.SendAsync(bundle, requestId: RequestId, store: watched);

        result.Refusal.Should().BeNull();
        watched
            .Reads.Should()
            .Be(
                7,
                "one is for local person ids, which are all new, one for numbers that are not in use, one for who is told of uploads"
            );
        watched.Commits.Should().Be(1);
    }

    private static async Task<long> UploadsAsync(UploadHarness harness) =>
        (
            await harness.Store.SearchOccurrencesAsync(
                new OccurrenceQuery { Kind = OccurrenceKind.Upload },
                TestContext.Current.CancellationToken
            )
        ).Total;
}
