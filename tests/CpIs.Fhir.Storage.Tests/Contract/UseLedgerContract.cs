using CpIs.Fhir.Core.Limits;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>
/// What servers of one store tell each other of what they granted. Only for stores that several servers can share: one that
/// a process has to itself answers nothing.
/// </summary>
public abstract class UseLedgerContract : StoreContract
{
    private static readonly Dictionary<string, long> Nothing = [];

    private IUseLedger Uses => Store.Uses;

    [Fact]
    public async Task Two_servers_see_what_the_other_granted_and_nothing_of_their_own()
    {
        var report = Report("a", 1, ("client", 7), ("person", 2));
        (await TellAsync(report)).Should().BeEmpty();
        (await TellAsync(Report("b", 1, ("client", 3)))).Should().ContainSingle().Which.Server.Should().Be("a");

        var seen = (await ReadAsync("b", Nothing)).Single();
        (seen.Server, seen.Number, seen.Time).Should().Be(("a", 1L, Make.Noon));
        seen.Uses.Should().BeEquivalentTo(report.Uses);
        (await ReadAsync("a", Nothing)).Select(r => r.Server).Should().Equal("b");
    }

    [Fact]
    public async Task What_was_seen_is_not_seen_again_and_the_rest_comes_in_the_order_of_its_numbers()
    {
        for (var i = 1; i <= 12; i++)
            await TellAsync(Report("a", i, ("client", i)));

        var rest = await ReadAsync("b", new() { ["a"] = 9, ["gone"] = 4 });

        rest.Select(r => r.Number).Should().Equal(10, 11, 12);
        rest.Select(r => r.Uses.Single().Count).Should().Equal(10, 11, 12);
        (await ReadAsync("b", new() { ["a"] = 12 })).Should().BeEmpty();
    }

    [Fact]
    public async Task A_report_that_is_sent_again_counts_once()
    {
        await TellAsync(Report("a", 1, ("client", 7)));
        await TellAsync(Report("a", 1, ("client", 7)));
        await TellAsync(Report("a", 1, ("client", 99)));

        (await ReadAsync("b", Nothing)).Single().Uses.Should().Equal(new Use("client", 7));
    }

    [Fact]
    public async Task A_server_that_grants_nothing_only_reads_and_what_is_too_old_is_not_wanted()
    {
        await TellAsync(Report("dead", 1, ("client", 7)));
        await TellAsync(Report("a", 1, ("client", 1)) with { Time = Make.Noon.AddSeconds(50) });

        var read = await Uses.ExchangeAsync(null, "b", Nothing, Make.Noon.AddSeconds(1), Cancellation);

        read.Select(r => r.Server).Should().Equal("a");
    }

    [Fact]
    public async Task Of_eight_servers_that_tell_at_once_each_sees_every_grant_of_the_others_once()
    {
        const int Servers = 8;
        const int Rounds = 20;
        var counted = await RaceAsync(
            Servers,
            async me =>
            {
                var seen = new Dictionary<string, long>();
                var count = 0;
                for (var round = 1; round <= Rounds; round++)
                    Count(await ExchangeAsync(Report($"s{me}", round, ("client", me + 1)), seen));
                return (seen, count, me);

                void Count(IReadOnlyList<UseReport> reports)
                {
                    foreach (var report in reports)
                    {
                        report.Number.Should().Be(seen.GetValueOrDefault(report.Server) + 1, "none is passed over");
                        seen[report.Server] = report.Number;
                        count += report.Uses.Single().Count;
                    }
                }
            }
        );

        foreach (var (seen, count, me) in counted)
        {
            var late = (await ReadAsync($"s{me}", seen)).Sum(r => r.Uses.Single().Count);
            (count + late).Should().Be(Rounds * (Enumerable.Range(1, Servers).Sum() - (me + 1)));
        }
    }

    [Fact]
    public async Task A_report_may_hold_five_thousand_keys()
    {
        var uses = Enumerable.Range(0, 5_000).Select(i => ($"{i:D40}", i + 1)).ToArray();
        await TellAsync(Report("a", 1, uses));

        var read = (await ReadAsync("b", Nothing)).Single();

        read.Uses.Should().HaveCount(5_000);
        read.Uses.Sum(u => u.Count).Should().Be(5_000 * 5_001 / 2);
    }

    private static UseReport Report(string server, long number, params (string Key, int Count)[] uses) =>
        new(server, number, Make.Noon, [.. uses.Select(u => new Use(u.Key, u.Count))]);

    private Task<IReadOnlyList<UseReport>> TellAsync(UseReport report) => ExchangeAsync(report, Nothing);

    private Task<IReadOnlyList<UseReport>> ExchangeAsync(UseReport report, Dictionary<string, long> seen) =>
        Uses.ExchangeAsync(report, report.Server, seen, Make.Noon, Cancellation);

    private Task<IReadOnlyList<UseReport>> ReadAsync(string server, Dictionary<string, long> seen) =>
        Uses.ExchangeAsync(null, server, seen, Make.Noon, Cancellation);
}
