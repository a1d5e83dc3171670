using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Reads and searches of current resources.</summary>
public abstract class SearchContract : StoreContract
{
    [Fact]
    public async Task Identities_are_read_together_and_unknown_ones_are_absent()
    {
        await SaveAsync(
            Make.Resource("a", identity: "plan|a"),
            Make.Resource("b", identity: "plan|\"b\\"),
            Make.Resource("c", identity: "plan|c")
        );

        var found = await Records.ReadByIdentityAsync(
            RecordType.EpisodeOfCare,
            ["plan|a", "plan|\"b\\", "plan|z", "plan|a"],
            Cancellation
        );

        found
            .ToDictionary(f => f.Key, f => f.Value.Id)
            .Should()
            .Equal(new Dictionary<string, string> { ["plan|a"] = "a", ["plan|\"b\\"] = "b" });
        (await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, [], Cancellation)).Should().BeEmpty();
    }

    [Fact]
    public async Task Everything_current_of_a_child_is_found_whoever_holds_it()
    {
        var (child, other) = (Make.Child(1), Make.Child(2));
        await SaveAsync(
            Make.Resource("p1", RecordType.Patient, child: child),
            Make.Resource("p2", RecordType.Patient, Make.Essex, child: child),
            Make.Resource("e1", child: child),
            Make.Resource("f1", RecordType.Flag, child: child),
            Make.Resource("p3", RecordType.Patient, child: other),
            Make.Resource("o", RecordType.Organization)
        );
        await SaveAsync(Make.Resource("e1", version: 2, child: child));

        var held = await Records.ReadChildAsync(child, Cancellation);

        held.Select(r => $"{r.Id}/{r.Version}").Should().BeEquivalentTo("p1/1", "p2/1", "e1/2", "f1/1");
        held.Should().OnlyContain(r => r.Child == child);
        (await Records.ReadChildAsync(Make.Child(3), Cancellation)).Should().BeEmpty();
        (await Records.ReadOwnAsync(Make.Herts, [child, other, Make.Child(3)], Cancellation))
            .Select(r => $"{r.Id}/{r.Version}")
            .Should()
            .BeEquivalentTo(["p1/1", "e1/2", "p3/1"], "a Flag, and what another authority holds, are no part of it");
    }

    [Fact]
    public async Task An_authoritys_Patients_are_read_by_id_none_twice_or_passed_over_while_they_change()
    {
        await SaveAsync([
            .. Enumerable.Range(10, 9).Select(n => Make.Resource($"p{n}", RecordType.Patient, child: Make.Child(n))),
            Make.Resource("p12b", RecordType.Patient, authority: Make.Essex, child: Make.Child(12)),
            Make.Resource("p12a", child: Make.Child(12)),
        ]);

        var seen = new List<string>();
        string? after = null;
        for (var read = 1; ; read++)
        {
            var page = await Records.ReadPatientsAsync(Make.Herts, after, 4, Cancellation);
            seen.AddRange(page.Select(r => r.Id));
            if (page.Count < 4)
                break;
            after = page[^1].Id;
            // One that was seen, and one that was not.
            foreach (var n in new[] { 10 + read, 19 - read })
                await SaveAsync(
                    Make.Resource(
                        $"p{n}",
                        RecordType.Patient,
                        version: 2,
                        child: Make.Child(n),
                        updated: Make.Noon.AddHours(read)
                    )
                );
        }

        seen.Should().Equal(Enumerable.Range(10, 9).Select(n => $"p{n}"));
    }

    public static TheoryData<string, string[]> Conditions { get; } =
        new()
        {
            { "all", ["a", "b", "c", "d"] },
            { "one token", ["a", "b"] },
            { "any token", ["a", "b", "c"] },
            { "two conditions", ["b"] },
            { "prefix", ["a", "b"] },
            { "prefix with wildcard", ["d"] },
            { "prefix of another parameter", [] },
            { "range", ["b", "c"] },
            { "one of several", ["a", "d"] },
            { "one of several and token", ["a"] },
            { "updated", ["b", "c"] },
            { "not updated", ["a", "d"] },
            { "updated and token", ["b"] },
            { "ids", ["a", "d"] },
            { "without a token", ["a", "b"] },
            { "without a token, by token", ["b"] },
            { "ids and token", ["a"] },
            { "ids and updated", ["c"] },
        };

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task A_search_finds_what_meets_every_condition(string name, string[] expected)
    {
        await SaveAsync(
            Resource("a", 1, "status=active", "family=smith", "date=2026-01-01"),
            Resource("b", 2, "status=active", "family=smythe", "date=2026-02-01"),
            Resource("c", 3, "status=finished", "family=jones", "date=2026-03-01", "date=2027-01-01"),
            Resource("d", 4, "family=%m", "date=2026-04-01")
        );
        IReadOnlyList<Condition> conditions = name switch
        {
            "all" => [],
            "one token" => [new Condition.AnyToken(["status=active"])],
            "any token" => [new Condition.AnyToken(["status=active", "status=finished", "family=smith"])],
            "two conditions" =>
            [
                new Condition.AnyToken(["status=active"]),
                new Condition.TokenPrefix("family=smy"),
                new Condition.TokenRange("date=2026-01-15", "date=2026-12-31"),
            ],
            "prefix" => [new Condition.TokenPrefix("family=sm")],
            "prefix with wildcard" => [new Condition.TokenPrefix("family=%m")],
            "prefix of another parameter" => [new Condition.TokenPrefix("given=")],
            "range" => [new Condition.TokenRange("date=2026-02-01", "date=2026-03-01")],
            "one of several" =>
            [
                new Condition.AnyOf([
                    new Condition.TokenRange("date=2026-01-01", "date=2026-01-31"),
                    new Condition.TokenPrefix("family=%"),
                ]),
            ],
            "one of several and token" =>
            [
                new Condition.AnyOf([new Condition.TokenPrefix("family=smi"), new Condition.AnyToken(["family=%m"])]),
                new Condition.AnyToken(["status=active"]),
            ],
            "not updated" => [new Condition.UpdatedWithin(new TimeRange(At(2), At(3), IsOutside: true))],
            "updated" => [new Condition.UpdatedWithin(new TimeRange(At(2), At(3)))],
            "updated and token" =>
            [
                new Condition.UpdatedWithin(new TimeRange(At(2), null)),
                new Condition.AnyToken(["status=active"]),
            ],
            "ids" => [new Condition.AnyId(["d", "a", "z"])],
            "ids and token" => [new Condition.AnyId(["d", "a"]), new Condition.AnyToken(["status=active"])],
            "without a token" => [new Condition.Without(["status=finished", "family=%m"])],
            "without a token, by token" =>
            [
                new Condition.AnyToken(["status=active"]),
                new Condition.Without(["family=smith"]),
            ],
            "ids and updated" =>
            [
                new Condition.AnyId(["a", "c"]),
                new Condition.UpdatedWithin(new TimeRange(At(2), null)),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

        foreach (var authority in new OdsCode?[] { Make.Herts, null })
        {
            var page = await Records.SearchAsync(
                new RecordQuery(RecordType.Patient, authority, conditions),
                Cancellation
            );
            page.Items.Select(r => r.Id).Should().Equal(expected);
            page.Total.Should().Be(expected.Length);
            page.Next.Should().BeNull();
        }

        var another = new RecordQuery(RecordType.Patient, Make.Essex, conditions);
        (await Records.SearchAsync(another, Cancellation)).Total.Should().Be(0);
    }

    [Fact]
    public async Task An_authority_finds_only_its_own_and_no_authority_means_all()
    {
        await SaveAsync(
            Make.Resource("a", tokens: ["x=1"], updated: At(2)),
            Make.Resource("b", authority: Make.Essex, tokens: ["x=1"], updated: At(1))
        );

        foreach (
            var conditions in new Condition[][]
            {
                [],
                [new Condition.AnyToken(["x=1"])],
                [new Condition.AnyId(["a", "b"])],
            }
        )
        {
            var own = await Search(Make.Herts, conditions);
            own.Items.Select(r => r.Id).Should().Equal("a");
            own.Total.Should().Be(1);
            (await Search(null, conditions)).Items.Select(r => r.Id).Should().Equal("b", "a");
        }
    }

    [Fact]
    public async Task What_a_resource_no_longer_says_finds_it_no_longer()
    {
        await SaveAsync(Make.Resource("a", tokens: ["status=active", "kept=1"]));
        await SaveAsync(Make.Resource("a", version: 2, tokens: ["status=finished", "kept=1"]));

        (await Search(Make.Herts, new Condition.AnyToken(["status=active"]))).Total.Should().Be(0);
        (await Search(Make.Herts, new Condition.AnyToken(["status=finished"]))).Total.Should().Be(1);
        (await Search(Make.Herts, new Condition.AnyToken(["kept=1"]))).Items.Single().Version.Should().Be(2);
    }

    [Fact]
    public async Task What_was_deleted_is_in_no_search_and_keeps_its_versions_and_its_identity()
    {
        var child = Make.Child(1);
        var held = Make.Resource("a", identity: "P1", child: child, tokens: ["x=1"]);
        await SaveAsync(held, Make.Resource("b", tokens: ["x=1"], updated: At(1)));
        var deleted = (
            held with
            {
                Version = 2,
                Plan = new Plan("a", PlanTypes.LookedAfter, PlanStatus.Withdrawn, new(2026, 1, 1), null),
            }
        ).AsDeleted();
        await SaveAsync(deleted);

        foreach (var authority in new OdsCode?[] { Make.Herts, null })
        foreach (
            var conditions in new Condition[][]
            {
                [],
                [new Condition.AnyToken(["x=1"])],
                [new Condition.AnyId(["a", "b"])],
                [new Condition.UpdatedWithin(new TimeRange(Make.Noon, null))],
            }
        )
        {
            var found = await Search(authority, conditions);
            found.Items.Select(r => r.Id).Should().Equal("b");
            found.Total.Should().Be(1);
        }

        var now = await Records.ReadAsync(RecordType.EpisodeOfCare, "a", null, Cancellation);
        now.Should()
            .BeEquivalentTo(
                new
                {
                    Version = 2,
                    IsDeleted = true,
                    Identity = "P1",
                    deleted.Plan,
                }
            );
        (await Records.ReadAsync(RecordType.EpisodeOfCare, "a", 1, Cancellation))!.IsDeleted.Should().BeFalse();
        (await Records.ReadByIdentityAsync(RecordType.EpisodeOfCare, ["P1"], Cancellation))["P1"]
            .IsDeleted.Should()
            .BeTrue();
        (await Records.ReadChildAsync(child, Cancellation)).Single().IsDeleted.Should().BeTrue();
    }

    [Theory]
    [InlineData(RecordOrder.OldestFirst)]
    [InlineData(RecordOrder.NewestFirst)]
    public async Task Pages_hold_each_resource_once_though_others_are_written_meanwhile(RecordOrder order)
    {
        // Many share one time, so that only the id tells them apart.
        await SaveAsync([
            .. Enumerable.Range(0, 53).Select(i => Make.Resource($"r{i:D2}", updated: At(i / 10), tokens: ["x=1"])),
        ]);
        var query = new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, [new Condition.AnyToken(["x=1"])])
        {
            Count = 7,
            Order = order,
        };

        var seen = new List<string>();
        var before = order == RecordOrder.OldestFirst ? At(-1) : At(99);
        for (var page = await Records.SearchAsync(query, Cancellation); ; )
        {
            seen.AddRange(page.Items.Select(r => r.Id));
            if (page.Next is null)
                break;
            page.Items.Should().HaveCount(7);
            await SaveAsync(Make.Resource($"late{seen.Count}", updated: before, tokens: ["x=1"]));
            page = await Records.SearchAsync(query with { After = page.Next }, Cancellation);
        }

        var all = Enumerable.Range(0, 53).Select(i => $"r{i:D2}");
        seen.Should().Equal(order == RecordOrder.OldestFirst ? all : all.Reverse());
    }

    [Fact]
    public async Task A_page_that_is_just_full_is_the_last_and_count_zero_is_the_total_only()
    {
        await SaveAsync(Make.Resource("a"), Make.Resource("b"));
        var query = new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, []);

        var full = await Records.SearchAsync(query with { Count = 2 }, Cancellation);
        var none = await Records.SearchAsync(query with { Count = 0 }, Cancellation);

        (full.Items.Count, full.Total, full.Next).Should().Be((2, 2, null));
        (none.Items.Count, none.Total, none.Next).Should().Be((0, 2, null));
    }

    private Task<Page<StoredResource>> Search(OdsCode? authority, params Condition[] conditions) =>
        Records.SearchAsync(new RecordQuery(RecordType.EpisodeOfCare, authority, conditions), Cancellation);

    private static DateTimeOffset At(int minute) => Make.Noon.AddMinutes(minute);

    private static StoredResource Resource(string id, int minute, params string[] tokens) =>
        Make.Resource(id, RecordType.Patient, updated: At(minute), tokens: tokens);
}
