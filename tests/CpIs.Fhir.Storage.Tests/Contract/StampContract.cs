using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Stamps of uploads (promise 15): kept beside a record, and the precondition of every write upon it.</summary>
public abstract class StampContract : StoreContract
{
    private static readonly StoredResource First = Make.Resource(
        "e",
        identity: "plan|1",
        child: Make.Child(1),
        tokens: ["status=active", "type=x"]
    ) with
    {
        Stamp = Make.Stamp(1),
        SettingView = "{}"u8.ToArray(),
    };

    [Fact]
    public async Task A_confirmation_keeps_the_newer_stamp_and_makes_no_version()
    {
        await SaveAsync(First);

        (await ConfirmAsync(1, 5)).Should().Be(CommitOutcome.Committed);
        await Store.ReopenAsync();

        var read = await ReadAsync();
        read.Should()
            .BeEquivalentTo(
                First with
                {
                    Stamp = Make.Stamp(5),
                },
                o => o.Excluding(r => r.Body).Excluding(r => r.SettingView).ComparingByMembers<StoredResource>()
            );
        read.Body.ToArray().Should().Equal(First.Body.ToArray());
        read.SettingView.ToArray().Should().Equal(First.SettingView.ToArray());
        var byToken = new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, [new Condition.AnyToken(["type=x"])]);
        (await Records.SearchAsync(byToken, Cancellation)).Total.Should().Be(1);
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", 2, Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task A_stamp_keeps_how_often_the_stamps_were_restarted()
    {
        var restarted = Make.Stamp(1) with { Epoch = 3 };
        await SaveAsync(First with { Stamp = restarted });
        await Store.ReopenAsync();

        var stamp = (await ReadAsync()).Stamp!;
        stamp.Should().Be(restarted);
        Make.Stamp(9).IsOlderThan(stamp).Should().BeTrue("it is from before the restart, whatever its time");
    }

    [Fact]
    public async Task A_stamp_keeps_who_sent_the_form_and_what_was_overridden_is_found_by_its_day()
    {
        var sent = Make.Stamp(1) with { Form = "Wyn Workersample" };
        var form = new OverriddenForm("Wyn Workersample", Make.Noon.AddDays(-2), Make.Noon.AddDays(-1));
        var record = First with
        {
            Stamp = sent,
            OverriddenForm = form,
            Tokens = [.. First.Tokens, SearchTokens.OverriddenForm(LondonCalendar.DayOf(form.Overridden))],
        };
        await SaveAsync(record);
        await Store.ReopenAsync();

        (await ReadAsync()).Should().Match<StoredResource>(r => r.Stamp == sent && r.OverriddenForm == form);
        (await FindAsync(-1, -1)).Should().Equal("e");
        (await FindAsync(-30, -2)).Should().BeEmpty();
        // A person agrees with what is held.
        var agreed = new Confirmation(record with { Stamp = Make.Stamp(5), OverriddenForm = null }, sent);
        (await Records.CommitAsync(new Commit { Confirmations = [agreed] }, Cancellation))
            .Should()
            .Be(CommitOutcome.Committed);
        (await FindAsync(-1, -1)).Should().BeEmpty();

        async Task<IEnumerable<string>> FindAsync(int from, int to)
        {
            var today = LondonCalendar.DayOf(Make.Noon);
            var found = await new OverriddenForms(Records).ReadAsync(
                Make.Herts,
                today.AddDays(from),
                today.AddDays(to),
                Cancellation
            );
            return found.Select(each => each.Id);
        }
    }

    [Fact]
    public async Task Of_two_confirmations_on_one_stamp_the_later_one_changes_nothing()
    {
        await SaveAsync(First);

        (await ConfirmAsync(1, 9)).Should().Be(CommitOutcome.Committed);
        (await ConfirmAsync(1, 5)).Should().Be(CommitOutcome.Conflict);

        (await ReadAsync()).Stamp.Should().Be(Make.Stamp(9));
    }

    [Fact]
    public async Task A_new_version_upon_a_stamp_that_is_no_longer_there_is_a_conflict()
    {
        await SaveAsync(First);
        await ConfirmAsync(1, 9);

        (await ReplaceAsync(2, expected: 1, stamp: 5)).Should().Be(CommitOutcome.Conflict);
        (await ReplaceAsync(2, expected: null, stamp: 5)).Should().Be(CommitOutcome.Conflict);
        (await ReadAsync()).Version.Should().Be(1);
        (await ReplaceAsync(2, expected: 9, stamp: 10)).Should().Be(CommitOutcome.Committed);
        (await ReadAsync()).Should().Match<StoredResource>(r => r.Version == 2 && r.Stamp == Make.Stamp(10));
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", 1, Cancellation))!.Stamp.Should().Be(Make.Stamp(9));
    }

    [Fact]
    public async Task A_confirmation_of_a_version_that_is_not_current_or_not_there_leaves_nothing_of_its_commit()
    {
        await SaveAsync(First);
        await ReplaceAsync(2, expected: 1, stamp: 2);

        (await ConfirmAsync(2, 9)).Should().Be(CommitOutcome.Conflict, "it names version 1");
        var commit = Make.Commit(Make.Resource("new")) with
        {
            Confirmations = [new Confirmation(First with { Id = "nobody" }, Make.Stamp(1))],
        };
        (await Records.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Conflict);

        (await Records.ReadAsync(RecordType.EpisodeOfCare, "new", null, Cancellation)).Should().BeNull();
        (await ReadAsync()).Stamp.Should().Be(Make.Stamp(2));
    }

    [Fact]
    public async Task A_confirmation_at_the_same_stamp_keeps_its_commit_upon_what_was_read()
    {
        await SaveAsync(First);

        (await ConfirmAsync(1, 1)).Should().Be(CommitOutcome.Committed);
        (await ReadAsync()).Should().Match<StoredResource>(r => r.Version == 1 && r.Stamp == Make.Stamp(1));
        await ConfirmAsync(1, 9);
        (await ConfirmAsync(1, 1)).Should().Be(CommitOutcome.Conflict);

        (await ReadAsync()).Stamp.Should().Be(Make.Stamp(9));
    }

    [Fact]
    public async Task A_record_from_before_stamps_is_confirmed_and_replaced_as_one_without()
    {
        await SaveAsync(First with { Stamp = null });

        (await ReplaceAsync(2, expected: 1, stamp: 2)).Should().Be(CommitOutcome.Conflict);
        (await ConfirmAsync(null, 3)).Should().Be(CommitOutcome.Committed);
        (await ReplaceAsync(2, expected: 3, stamp: 4)).Should().Be(CommitOutcome.Committed);
    }

    [Fact]
    public async Task Forty_writers_of_one_stamp_have_one_winner()
    {
        await SaveAsync(First);

        var outcomes = await RaceAsync(
            40,
            i => i % 2 == 0 ? ConfirmAsync(1, 2 + i) : ReplaceAsync(2, expected: 1, stamp: 2 + i)
        );

        outcomes.Count(o => o == CommitOutcome.Committed).Should().Be(1);
        (await ReadAsync()).Stamp.Should().Be(Make.Stamp(2 + Array.IndexOf(outcomes, CommitOutcome.Committed)));
    }

    [Fact]
    public async Task A_record_gives_its_identity_to_another_in_one_commit()
    {
        await SaveAsync(First);
        var successor = First with { Id = "f", Child = Make.Child(2) };

        var commit = new Commit
        {
            Changes =
            [
                new Change(First with { Version = 2, Identity = null }, 1) { ExpectedStamp = First.Stamp },
                new Change(successor, 0),
            ],
        };
        (await Records.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Committed);

        var found = await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["plan|1"], Cancellation);
        found["plan|1"].Id.Should().Be("f");
    }

    [Fact]
    public async Task A_commit_that_names_a_record_twice_is_a_bug_of_its_caller()
    {
        var commit = Make.Commit(First) with { Confirmations = [new Confirmation(First, null)] };

        var act = () => Records.CommitAsync(commit, Cancellation);

        await act.Should().ThrowAsync<ArgumentException>();
    }

    private async Task<StoredResource> ReadAsync() =>
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "e", null, Cancellation))!;

    private Task<CommitOutcome> ConfirmAsync(int? expected, int stamp) =>
        Records.CommitAsync(
            new Commit
            {
                Confirmations = [new Confirmation(First with { Stamp = Make.Stamp(stamp) }, StampOf(expected))],
            },
            Cancellation
        );

    private Task<CommitOutcome> ReplaceAsync(int version, int? expected, int stamp) =>
        Records.CommitAsync(
            new Commit
            {
                Changes =
                [
                    new Change(First with { Version = version, Stamp = Make.Stamp(stamp) }, version - 1)
                    {
                        ExpectedStamp = StampOf(expected),
                    },
                ],
            },
            Cancellation
        );

    private static UploadStamp? StampOf(int? hour) => hour is { } known ? Make.Stamp(known) : null;
}
