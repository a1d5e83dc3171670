using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Stores;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Commits: all or nothing, each change with its precondition (promise 7).</summary>
public abstract class CommitContract : StoreContract
{
    [Fact]
    public async Task What_was_committed_is_read_back_to_the_byte_also_after_reopening()
    {
        var episode = Make.Resource(
            "e",
            identity: "plan|1",
            child: Make.Child(1),
            tokens: ["status=active", "a=ü|x"]
        ) with
        {
            SettingView = "{}"u8.ToArray(),
            Plan = new Plan("e", PlanTypes.ChildProtectionPlan, PlanStatus.Active, new DateOnly(2026, 1, 2), null)
            {
                IsProtected = true,
            },
            BirthDate = new DateOnly(2020, 2, 29),
            LastUpdated = Make.Noon.AddMilliseconds(7),
        };
        var subscription = Make.Subscription("s");
        await SaveAsync(episode, subscription);
        await Store.ReopenAsync();

        foreach (var expected in new[] { episode, subscription })
        {
            var read = await Records.ReadAsync(expected.Type, expected.Id, null, Cancellation);
            read!.Body.ToArray().Should().Equal(expected.Body.ToArray());
            read.SettingView.ToArray().Should().Equal(expected.SettingView.ToArray());
            read.Should()
                .BeEquivalentTo(
                    expected,
                    o => o.Excluding(r => r.Body).Excluding(r => r.SettingView).ComparingByMembers<StoredResource>()
                );
        }
    }

    [Fact]
    public async Task Every_version_can_be_read_and_the_current_one_is_the_newest()
    {
        for (var version = 1; version <= 3; version++)
            await SaveAsync(Make.Resource("e", version: version, identity: $"plan|{version}"));

        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation))!.Version.Should().Be(3);
        for (var version = 1; version <= 3; version++)
        {
            var read = await Records.ReadAsync(RecordType.EpisodeOfCare, "e", version, Cancellation);
            read!.Version.Should().Be(version);
            read.Identity.Should().Be($"plan|{version}");
            read.Body.ToArray().Should().Equal(Make.Resource("e", version: version).Body.ToArray());
        }
    }

    [Fact]
    public async Task What_does_not_exist_is_null()
    {
        await SaveAsync(Make.Resource("e"));

        (await Records.ReadAsync(RecordType.EpisodeOfCare, "other", null, Cancellation)).Should().BeNull();
        (await Records.ReadAsync(RecordType.Flag, "e", null, Cancellation)).Should().BeNull();
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", 2, Cancellation)).Should().BeNull();
        (await Records.ReadAnswerAsync("herts", "r", Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task Parallel_creates_of_one_identity_give_exactly_one_resource()
    {
        var outcomes = await RaceAsync(40, i => CommitAsync(Make.Resource($"e{i}", identity: "plan|1")));

        outcomes.Count(o => o == CommitOutcome.Committed).Should().Be(1);
        outcomes.Count(o => o == CommitOutcome.Conflict).Should().Be(39);
        var all = await Records.SearchAsync(new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, []), Cancellation);
        all.Total.Should().Be(1);
    }

    [Fact]
    public async Task Forty_writers_of_one_version_have_one_winner()
    {
        await SaveAsync(Make.Resource("e"));

        var outcomes = await RaceAsync(40, i => CommitAsync(Make.Resource("e", version: 2, tokens: [$"by={i}"])));

        outcomes.Count(o => o == CommitOutcome.Committed).Should().Be(1);
        var winner = Array.IndexOf(outcomes, CommitOutcome.Committed);
        var current = await Records.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation);
        current!.Version.Should().Be(2);
        current.Tokens.Should().Equal($"by={winner}");
    }

    [Theory]
    [InlineData("an id that exists")]
    [InlineData("an identity that exists")]
    [InlineData("a stale version")]
    [InlineData("a version of nothing")]
    [InlineData("an identity that another takes by an update")]
    public async Task A_broken_precondition_leaves_nothing_of_its_commit(string broken)
    {
        await SaveAsync(Make.Resource("e", identity: "plan|1"), Make.Resource("f", identity: "plan|2"));
        await SaveAsync(Make.Resource("e", identity: "plan|1", version: 2));
        var stamp = await Registrations.ReadRegistrationStampAsync(Cancellation);
        var bad = broken switch
        {
            "an id that exists" => Make.Resource("f"),
            "an identity that exists" => Make.Resource("g", identity: "plan|1"),
            "a stale version" => Make.Resource("e", version: 2, identity: "plan|1"),
            "a version of nothing" => Make.Resource("g", version: 2),
            _ => Make.Resource("f", version: 2, identity: "plan|1"),
        };

        var commit = Make.Commit(Make.Resource("new", identity: "plan|3", tokens: ["x=1"]), bad) with
        {
            Occurrence = Make.Access("o", authorities: Make.Herts),
            Answer = Make.Answer("r"),
            Registrations = [new Registration("client", "c", "{}"u8.ToArray())],
        };
        (await Records.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Conflict);

        (await Records.ReadAsync(RecordType.EpisodeOfCare, "new", null, Cancellation)).Should().BeNull();
        (await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["plan|3"], Cancellation)).Should().BeEmpty();
        (await Records.ReadAnswerAsync("herts", "r", Cancellation)).Should().BeNull();
        (await Occurrences.ReadOccurrenceAsync("o", Cancellation)).Should().BeNull();
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(0);
        (await Registrations.ReadRegistrationStampAsync(Cancellation)).Should().Be(stamp);
        var query = new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, []);
        (await Records.SearchAsync(query, Cancellation)).Items.Should().HaveCount(2);
    }

    [Fact]
    public async Task An_identity_is_free_again_when_its_resource_has_given_it_up()
    {
        await SaveAsync(Make.Resource("e", identity: "plan|1"));
        await SaveAsync(Make.Resource("e", version: 2));

        await SaveAsync(Make.Resource("f", identity: "plan|1"));

        var found = await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["plan|1"], Cancellation);
        found["plan|1"].Id.Should().Be("f");
    }

    [Fact]
    public async Task Parallel_creates_of_one_authority_and_NHS_number_give_exactly_one_Patient()
    {
        for (var round = 1; round <= 3; round++)
        {
            var child = Make.Child(round);
            var outcomes = await RaceAsync(
                40,
                i => CommitAsync(Patient($"herts{round}-{i % 20}", i < 20 ? Make.Herts : Make.Essex, child))
            );

            outcomes[..20].Count(o => o == CommitOutcome.Committed).Should().Be(1);
            outcomes[20..].Count(o => o == CommitOutcome.Committed).Should().Be(1);
            foreach (var authority in new[] { Make.Herts, Make.Essex })
                (await Records.ReadOwnAsync(authority, [child], Cancellation))
                    .Select(p => p.Authority)
                    .Should()
                    .Equal(authority);
            (await Records.ReadChildAsync(child, Cancellation)).Should().HaveCount(2);
        }

        static StoredResource Patient(string id, OdsCode authority, NhsNumber child) =>
            Make.Resource(
                authority == Make.Herts ? id : $"essex-{id}",
                RecordType.Patient,
                authority,
                identity: $"{authority}|{child.Digits}",
                child: child,
                tokens: "a=1"
            );
    }

    [Fact]
    public async Task The_same_identity_may_exist_in_another_type()
    {
        await SaveAsync(
            Make.Resource("e", identity: "plan|1"),
            Make.Resource("f", RecordType.Flag, identity: "plan|1")
        );

        (await Records.ReadByIdentityAsync(RecordType.Flag, ["plan|1"], Cancellation))["plan|1"].Id.Should().Be("f");
    }

    [Fact]
    public async Task A_commit_that_nobody_waits_for_any_more_before_it_was_given_is_not_written()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        var commit = () => Records.CommitAsync(Make.Commit(Make.Resource("e")), gone.Token);

        await commit.Should().ThrowAsync<OperationCanceledException>();
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task A_repeat_within_its_time_gets_the_first_answer_and_changes_nothing()
    {
        var answer = Make.Answer("r");
        (await CommitAsync("a", answer)).Should().Be(CommitOutcome.Committed);

        (await CommitAsync("b", answer with { Status = 200 })).Should().Be(CommitOutcome.AlreadyAnswered);

        (await Records.ReadAsync(RecordType.EpisodeOfCare, "b", null, Cancellation)).Should().BeNull();
        var kept = await Records.ReadAnswerAsync("herts", "r", Cancellation);
        kept!.Status.Should().Be(201);
        kept.Body.ToArray().Should().Equal(answer.Body.ToArray());
        kept.BodyHash.ToArray().Should().Equal(answer.BodyHash.ToArray());
        (kept.Location, kept.Expires).Should().Be((answer.Location, answer.Expires));
    }

    [Fact]
    public async Task An_answer_is_forgotten_when_it_expires()
    {
        await CommitAsync("a", Make.Answer("r"));
        Time.Advance(TimeSpan.FromHours(24));

        (await Records.ReadAnswerAsync("herts", "r", Cancellation)).Should().BeNull();
        var second = Make.Answer("r", expires: Make.Noon.AddHours(48)) with { Status = 200 };
        (await CommitAsync("b", second)).Should().Be(CommitOutcome.Committed);
        (await Records.ReadAnswerAsync("herts", "r", Cancellation))!.Status.Should().Be(200);
    }

    [Fact]
    public async Task A_request_id_belongs_to_its_client()
    {
        await CommitAsync("a", Make.Answer("r"));

        (await CommitAsync("b", Make.Answer("r", client: "essex"))).Should().Be(CommitOutcome.Committed);
    }

    [Fact]
    public async Task Of_concurrent_duplicates_of_a_request_one_is_carried_out()
    {
        var outcomes = await RaceAsync(24, i => CommitAsync($"e{i}", Make.Answer("r")));

        outcomes.Count(o => o == CommitOutcome.Committed).Should().Be(1);
        outcomes.Count(o => o == CommitOutcome.AlreadyAnswered).Should().Be(23);
        var all = await Records.SearchAsync(new RecordQuery(RecordType.EpisodeOfCare, null, []), Cancellation);
        all.Total.Should().Be(1);
    }

    private Task<CommitOutcome> CommitAsync(string id, IdempotentAnswer answer) =>
        Records.CommitAsync(Make.Commit(Make.Resource(id)) with { Answer = answer }, Cancellation);

    [Fact]
    public async Task A_store_that_was_closed_is_unavailable()
    {
        var store = (IExchangeStore)Records;
        await store.DisposeAsync();

        foreach (
            var act in new Func<Task>[]
            {
                () => store.ReadChildAsync(Make.Child(1), Cancellation),
                () => store.RecordAsync(Make.Access("a"), Cancellation),
                () => store.CommitAsync(Make.Commit(Make.Resource("r")), Cancellation),
                () => store.ClaimDueAsync(Make.Noon, TimeSpan.FromMinutes(1), 1, Cancellation),
                () => store.TryHoldAsync("job", "one", Make.Noon, TimeSpan.FromMinutes(1), Cancellation),
                () => store.CheckWritableAsync(Cancellation),
            }
        )
            await act.Should().ThrowAsync<StoreUnavailableException>();
        await Store.ReopenAsync();
        await Store.Records.ReadChildAsync(Make.Child(1), Cancellation);
    }
}
