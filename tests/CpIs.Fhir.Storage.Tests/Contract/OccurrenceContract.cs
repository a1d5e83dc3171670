using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Occurrences: written once, with their obligations (promises 1 and 2).</summary>
public abstract class OccurrenceContract : StoreContract
{
    [Fact]
    public async Task An_occurrence_is_read_back_as_it_was_written()
    {
        var full = Make.Access("full", authorities: [Make.Herts, Make.Essex]) with
        {
            Reason = "a reason",
            Query = "Flag?x=ü",
            CorrelationId = "corr",
            Time = Make.Noon.AddMilliseconds(123),
            Attendances = [new(Make.Herts, "opener", Make.Noon.AddHours(-1)), new(Make.Essex, "full", Make.Noon)],
            Prolongs = true,
        };
        var bare = Make.Access("bare") with
        {
            Kind = OccurrenceKind.Upload,
            Person = null,
            Child = null,
            Mode = null,
            Outcome = null,
        };
        await Occurrences.RecordAsync(full, Cancellation);
        await Records.CommitAsync(new Commit { Occurrence = bare }, Cancellation);
        await Store.ReopenAsync();

        foreach (var expected in new[] { full, bare })
            (await Occurrences.ReadOccurrenceAsync(expected.Id, Cancellation))
                .Should()
                .BeEquivalentTo(expected, o => o.ComparingByMembers<Occurrence>().WithStrictOrdering());
        (await Occurrences.ReadOccurrenceAsync("none", Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task The_same_id_written_twice_counts_once()
    {
        var access = Make.Access("o", authorities: Make.Herts);
        await RaceAsync(
            8,
            async _ =>
            {
                await Occurrences.RecordAsync(access, Cancellation);
                return true;
            }
        );

        (await SearchAsync(new OccurrenceQuery())).Total.Should().Be(1);
        (await SearchAsync(new OccurrenceQuery { Concerning = Make.Herts })).Total.Should().Be(1);
        (await Notifications.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Should().Be((1, Make.Noon));
    }

    [Fact]
    public async Task Occurrences_written_at_the_same_time_are_all_there()
    {
        await RaceAsync(
            200,
            async i =>
            {
                await Occurrences.RecordAsync(Make.Access($"o{i}", child: Make.Child(i)), Cancellation);
                return (await Occurrences.ReadOccurrenceAsync($"o{i}", Cancellation)).Should().NotBeNull();
            }
        );

        (await SearchAsync(new OccurrenceQuery { Count = 0 })).Total.Should().Be(200);
    }

    [Fact]
    public async Task History_is_the_newest_accesses_that_stand_in_it_newest_first()
    {
        for (var i = 0; i < 30; i++)
            await Occurrences.RecordAsync(Hit($"h{i:D2}", i, $"person{i}"), Cancellation);
        await Occurrences.RecordAsync(Silent("silent", 31), Cancellation);
        await Occurrences.RecordAsync(Hit("other", 32, "person") with { Child = Make.Child(2) }, Cancellation);

        var history = await HistoryAsync("nobody", -1000, 25);

        history.Should().Equal(Enumerable.Range(5, 25).Reverse().Select(i => $"h{i:D2}"));
    }

    [Fact]
    public async Task The_persons_own_newest_access_is_found_behind_the_page_but_not_before_since()
    {
        await Occurrences.RecordAsync(Hit("own-oldest", 0, "me"), Cancellation);
        await Occurrences.RecordAsync(Hit("own", 1, "me"), Cancellation);
        for (var i = 2; i < 10; i++)
            await Occurrences.RecordAsync(Hit($"h{i}", i, "other"), Cancellation);

        (await HistoryAsync("me", since: 1, count: 3)).Should().Equal("h9", "h8", "h7", "own");
        (await HistoryAsync("me", since: 2, count: 3)).Should().Equal("h9", "h8", "h7");
        (await HistoryAsync("me", since: 0, count: 10)).Should().HaveCount(10);
        (await HistoryAsync("me", since: 0, count: 9)).Should().HaveCount(9).And.EndWith("own");
        (await HistoryAsync("me", since: 0, count: 0)).Should().Equal("own");
    }

    public static TheoryData<string, string[]> Queries { get; } =
        new()
        {
            { "all", ["d", "c", "b", "a"] },
            { "child", ["b", "a"] },
            { "concerning", ["c", "b"] },
            { "concerning child", ["b"] },
            { "uploads", ["d"] },
            { "accesses", ["c", "b", "a"] },
            { "accesses of child", ["b", "a"] },
            { "concerning kind", ["c", "b"] },
            { "concerning other kind", [] },
            { "from", ["d", "c"] },
            { "to", ["b", "a"] },
            { "child within", ["b"] },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_search_finds_what_meets_every_condition_newest_first(string name, string[] expected)
    {
        await Occurrences.RecordAsync(Make.Access("a", At(1)), Cancellation);
        await Occurrences.RecordAsync(Make.Access("b", At(2), authorities: [Make.Herts, Make.Essex]), Cancellation);
        await Occurrences.RecordAsync(Make.Access("c", At(3), Make.Child(2), authorities: Make.Herts), Cancellation);
        await Occurrences.RecordAsync(
            Make.Access("d", At(4)) with
            {
                Kind = OccurrenceKind.Upload,
                Child = null,
            },
            Cancellation
        );
        var query = name switch
        {
            "all" => new OccurrenceQuery(),
            "child" => new OccurrenceQuery { Child = Make.Child(1) },
            "concerning" => new OccurrenceQuery { Concerning = Make.Herts },
            "concerning child" => new OccurrenceQuery { Concerning = Make.Herts, Child = Make.Child(1) },
            "uploads" => new OccurrenceQuery { Kind = OccurrenceKind.Upload },
            "accesses" => new OccurrenceQuery { Kind = OccurrenceKind.Access },
            "accesses of child" => new OccurrenceQuery { Kind = OccurrenceKind.Access, Child = Make.Child(1) },
            "concerning kind" => new OccurrenceQuery { Kind = OccurrenceKind.Access, Concerning = Make.Herts },
            "concerning other kind" => new OccurrenceQuery { Kind = OccurrenceKind.Upload, Concerning = Make.Herts },
            "from" => new OccurrenceQuery { From = At(3) },
            "to" => new OccurrenceQuery { To = At(2) },
            "child within" => new OccurrenceQuery
            {
                Child = Make.Child(1),
                From = At(2),
                To = At(2),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

        var page = await SearchAsync(query);
        page.Items.Select(o => o.Id).Should().Equal(expected);
        page.Total.Should().Be(expected.Length);
        (await SearchAsync(query with { Count = 0 })).Total.Should().Be(expected.Length);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Pages_hold_each_occurrence_once_though_others_happen_meanwhile(bool ofChild, bool concerning)
    {
        for (var i = 0; i < 23; i++)
            await Occurrences.RecordAsync(Make.Access($"o{i:D2}", At(i / 10), authorities: Make.Herts), Cancellation);
        var query = new OccurrenceQuery
        {
            Count = 5,
            Child = ofChild ? Make.Child(1) : null,
            Concerning = concerning ? Make.Herts : null,
        };

        var seen = new List<string>();
        for (var page = await SearchAsync(query); ; page = await SearchAsync(query with { After = page.Next }))
        {
            seen.AddRange(page.Items.Select(o => o.Id));
            if (page.Next is null)
                break;
            await Occurrences.RecordAsync(
                Make.Access($"late{seen.Count}", At(99), authorities: Make.Herts),
                Cancellation
            );
        }

        seen.Should().Equal(Enumerable.Range(0, 23).Reverse().Select(i => $"o{i:D2}"));
    }

    [Fact]
    public async Task What_tells_of_an_attendance_is_read_however_many_accesses_lie_in_between()
    {
        var opened = Hit("opened", 0, "me") with { InHistory = false };
        await Occurrences.RecordAsync(opened, Cancellation);
        await Occurrences.RecordAsync(
            opened with
            {
                Id = "prolonged",
                Time = At(1),
                Obligations = [],
                Prolongs = true,
            },
            Cancellation
        );
        await Occurrences.RecordAsync(opened with { Id = "nothing", Time = At(1), Obligations = [] }, Cancellation);
        for (var i = 2; i < 60; i++)
            await Occurrences.RecordAsync(Hit($"h{i}", i, $"person{i}"), Cancellation);

        (await HistoryAsync("nobody", -1000, 2, attendedSince: 1)).Should().HaveCount(59).And.EndWith("prolonged");
        (await HistoryAsync("nobody", -1000, 2, attendedSince: 0)).Should().HaveCount(60).And.EndWith("opened");
        (await HistoryAsync("nobody", -1000, 99)).Should().HaveCount(58, "only those in the history are read then");
        (await HistoryAsync("me", -1000, 99))
            .Should()
            .HaveCount(58, "what is not in the history is nobody's access there");
    }

    [Fact]
    public async Task No_authority_finds_a_scheduled_access_and_totals_and_pages_know_of_none()
    {
        for (var i = 0; i < 7; i++)
        {
            await Occurrences.RecordAsync(Hit($"told{i}", i, $"person{i}"), Cancellation);
            await Occurrences.RecordAsync(Silent($"silent{i}", i), Cancellation);
        }

        foreach (var child in new NhsNumber?[] { Make.Child(1), null })
        {
            var query = new OccurrenceQuery
            {
                Concerning = Make.Herts,
                Child = child,
                Count = 3,
            };
            var seen = new List<string>();
            for (var page = await SearchAsync(query); ; page = await SearchAsync(query with { After = page.Next }))
            {
                page.Total.Should().Be(7);
                seen.AddRange(page.Items.Select(o => o.Id));
                if (page.Next is null)
                    break;
            }

            seen.Should().Equal(Enumerable.Range(0, 7).Reverse().Select(i => $"told{i}"));
        }

        (await SearchAsync(new OccurrenceQuery())).Total.Should().Be(14, "the operator's audit has them all");
    }

    private static Occurrence Silent(string id, int minute) =>
        Hit(id, minute, "person") with
        {
            Mode = LookUpMode.Scheduled,
            InHistory = false,
            Obligations = [],
        };

    private static Occurrence Hit(string id, int minute, string person) =>
        Make.Access(id, At(minute), person: person, authorities: Make.Herts);

    private async Task<IEnumerable<string>> HistoryAsync(
        string person,
        int since,
        int count,
        int attendedSince = 1_000
    ) =>
        (
            await Occurrences.ReadHistoryAsync(Make.Child(1), person, At(since), count, At(attendedSince), Cancellation)
        ).Select(o => o.Id);

    private Task<Page<Occurrence>> SearchAsync(OccurrenceQuery query) =>
        Occurrences.SearchOccurrencesAsync(query, Cancellation);

    private static DateTimeOffset At(int minute) => Make.Noon.AddMinutes(minute);
}
