using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Records that are removed for good: whole, in the same commit as everything else, or not at all.</summary>
public abstract class RemovalContract : StoreContract
{
    [Fact]
    public async Task A_removed_resource_is_gone_with_every_version_and_every_search_value()
    {
        for (var version = 1; version <= 3; version++)
            await SaveAsync(
                Make.Resource(
                    "e",
                    version: version,
                    identity: "plan|1",
                    child: Make.Child(1),
                    tokens: ["a=1", $"v={version}"]
                )
            );
        await SaveAsync(Make.Resource("f", RecordType.Flag, identity: "plan|1", child: Make.Child(1), tokens: "a=1"));

        (await RemoveAsync(new Removal(RecordType.EpisodeOfCare, "e", 3))).Should().Be(CommitOutcome.Committed);
        await Store.ReopenAsync();

        foreach (var version in new int?[] { null, 1, 2, 3 })
            (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", version, Cancellation)).Should().BeNull();
        (await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["plan|1"], Cancellation)).Should().BeEmpty();
        (await Records.ReadChildAsync(Make.Child(1), Cancellation)).Select(r => r.Id).Should().Equal("f");
        foreach (var token in new[] { "a=1", "v=1", "v=3" })
            (await FoundAsync(new Condition.AnyToken([token]))).Should().BeEmpty();
        (await FoundAsync()).Should().BeEmpty();
        (await Records.ReadAsync(RecordType.Flag, "f", null, Cancellation)).Should().NotBeNull();
    }

    [Fact]
    public async Task Its_id_and_its_identity_are_free_again_and_nothing_old_comes_back()
    {
        for (var version = 1; version <= 2; version++)
            await SaveAsync(Make.Resource("e", version: version, identity: "plan|1", tokens: "old=1"));
        await RemoveAsync(new Removal(RecordType.EpisodeOfCare, "e", 2));

        await SaveAsync(Make.Resource("e", identity: "plan|1", tokens: "new=1"));

        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", 2, Cancellation)).Should().BeNull();
        (await FoundAsync(new Condition.AnyToken(["old=1"]))).Should().BeEmpty();
        (await FoundAsync(new Condition.AnyToken(["new=1"]))).Should().Equal("e");
        await SaveAsync(Make.Resource("e", version: 2, identity: "plan|1"));
    }

    [Theory]
    [InlineData("a stale version")]
    [InlineData("a version that is not there yet")]
    [InlineData("nothing of that id")]
    [InlineData("nothing of that type")]
    [InlineData("a change that is refused")]
    public async Task A_broken_precondition_removes_nothing_and_leaves_nothing_of_its_commit(string broken)
    {
        await SaveAsync(Make.Resource("e", identity: "plan|1"), Make.Resource("f", identity: "plan|2", tokens: "a=1"));
        await SaveAsync(Make.Resource("e", identity: "plan|1", version: 2));
        var bad = broken switch
        {
            "a stale version" => new Removal(RecordType.EpisodeOfCare, "e", 1),
            "a version that is not there yet" => new Removal(RecordType.EpisodeOfCare, "e", 3),
            "nothing of that id" => new Removal(RecordType.EpisodeOfCare, "g", 1),
            "nothing of that type" => new Removal(RecordType.Flag, "e", 2),
            _ => new Removal(RecordType.EpisodeOfCare, "e", 2),
        };
        var commit = new Commit
        {
            Removals = [new Removal(RecordType.EpisodeOfCare, "f", 1), bad],
            Changes = [new Change(Make.Resource(broken == "a change that is refused" ? "late" : "new", version: 1), 0)],
            Occurrence = Make.Access("o", authorities: Make.Herts),
            Answer = Make.Answer("r"),
        };
        if (broken == "a change that is refused")
            await SaveAsync(Make.Resource("late"));

        (await Records.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Conflict);

        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", 1, Cancellation)).Should().NotBeNull();
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation))!.Version.Should().Be(2);
        (await FoundAsync(new Condition.AnyToken(["a=1"]))).Should().Equal("f");
        (await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["plan|1", "plan|2"], Cancellation))
            .Should()
            .HaveCount(2);
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "new", null, Cancellation)).Should().BeNull();
        (await Occurrences.ReadOccurrenceAsync("o", Cancellation)).Should().BeNull();
        (await Records.ReadAnswerAsync("herts", "r", Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task Removals_share_their_commit_with_changes_and_the_occurrence()
    {
        await SaveAsync(
            Make.Resource("e"),
            Make.Resource("f", RecordType.Flag),
            Make.Resource("p", RecordType.Patient)
        );
        var commit = Make.Commit(Make.Resource("new")) with
        {
            Removals =
            [
                new Removal(RecordType.EpisodeOfCare, "e", 1),
                new Removal(RecordType.Flag, "f", 1),
                new Removal(RecordType.Patient, "p", 1),
            ],
            Occurrence = Make.Access("o"),
        };

        (await Records.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Committed);

        foreach (var removal in commit.Removals)
            (await Records.ReadAsync(removal.Type, removal.Id, null, Cancellation)).Should().BeNull();
        (await FoundAsync()).Should().Equal("new");
        (await Occurrences.ReadOccurrenceAsync("o", Cancellation)).Should().NotBeNull();
    }

    [Fact]
    public async Task Of_twenty_who_remove_a_version_and_twenty_who_change_it_one_wins()
    {
        for (var round = 0; round < 3; round++)
        {
            var id = $"e{round}";
            await SaveAsync(Make.Resource(id, tokens: "a=1"));
            var outcomes = await RaceAsync(
                40,
                i =>
                    i % 2 == 0
                        ? RemoveAsync(new Removal(RecordType.EpisodeOfCare, id, 1))
                        : CommitAsync(Make.Resource(id, version: 2, tokens: "a=2"))
            );

            outcomes.Count(o => o == CommitOutcome.Committed).Should().Be(1);
            outcomes.Count(o => o == CommitOutcome.Conflict).Should().Be(39);
            var changed = Array.IndexOf(outcomes, CommitOutcome.Committed) % 2 == 1;
            var left = await Records.ReadAsync(RecordType.EpisodeOfCare, id, null, Cancellation);
            left?.Version.Should().Be(2);
            (left is not null).Should().Be(changed);
            (await FoundAsync(new Condition.AnyToken(["a=1"]))).Should().BeEmpty();
        }
    }

    private Task<CommitOutcome> RemoveAsync(Removal removal) =>
        Records.CommitAsync(new Commit { Removals = [removal] }, Cancellation);

    private async Task<IEnumerable<string>> FoundAsync(params Condition[] conditions) =>
        (
            await Records.SearchAsync(new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, conditions), Cancellation)
        ).Items.Select(r => r.Id);
}
