using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.Limits;

/// <summary>Limits hold over all servers of a store: what one grants, the others pay, once.</summary>
public sealed class LimitsOverServersTests
{
    private const int PerSecond = 10;
    private const int Burst = 20;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryUses _ledger = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void One_server_alone_gives_its_burst_then_its_rate_and_says_when_to_come_again()
    {
        var server = new Server("a", this);

        server.TakeAll().Should().Be(Burst);
        server.Limit.TryTake("who", out var wait).Should().BeFalse();
        wait.Should().Be(TimeSpan.FromMilliseconds(100));
        _time.Advance(TimeSpan.FromMilliseconds(99));
        server.TakeAll().Should().Be(0);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        server.TakeAll().Should().Be(1);
        _time.Advance(TimeSpan.FromHours(1));
        server.TakeAll().Should().Be(Burst, "it holds no more than its burst");
        server.Limit.TryTake("other", out _).Should().BeTrue("everybody has a bucket of their own");
    }

    [Fact]
    public async Task What_one_server_granted_the_others_do_not_grant_again()
    {
        var (a, b) = await TwoAsync();
        a.TakeAll().Should().Be(Burst);

        await a.Exchange.StepAsync(Stop);
        await b.Exchange.StepAsync(Stop);

        b.TakeAll().Should().Be(0);
        b.Limit.TryTake("other", out _).Should().BeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        b.TakeAll().Should().Be(PerSecond);
    }

    [Fact]
    public async Task What_was_granted_too_much_within_one_interval_is_paid_back_before_anything_more_is_granted()
    {
        var (a, b) = await TwoAsync();
        (a.TakeAll() + b.TakeAll()).Should().Be(2 * Burst, "neither could know of the other yet");

        await a.Exchange.StepAsync(Stop);
        await b.Exchange.StepAsync(Stop);
        await a.Exchange.StepAsync(Stop);

        foreach (var server in new[] { a, b })
        {
            server.Limit.TryTake("who", out var wait).Should().BeFalse();
            wait.Should().Be(TimeSpan.FromSeconds((Burst + 1) / (double)PerSecond), "the debt, and then one token");
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        (a.TakeAll() + b.TakeAll()).Should().Be(0);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        a.TakeAll().Should().Be(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task However_many_servers_are_hammered_for_however_long_the_rate_holds_over_all_of_them(int servers)
    {
        var all = Enumerable.Range(0, servers).Select(i => new Server($"s{i}", this)).ToList();
        foreach (var server in all)
            await server.Exchange.StepAsync(Stop);
        var granted = 0;
        const int Seconds = 120;
        for (var tick = 0; tick < Seconds * 10; tick++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            foreach (var server in all)
                granted += server.TakeAll();
            // Each exchanges once a second, at a moment of its own.
            foreach (var server in all.Where((_, i) => tick % 10 == i % 10))
                await server.Exchange.StepAsync(Stop);
        }

        const int Allowed = Burst + PerSecond * Seconds;
        const int Excess = Burst + PerSecond * 2; // of one server that does not know of the others, until they have met
        granted.Should().BeInRange(Allowed * 9 / 10, Allowed + (servers - 1) * Excess);
    }

    [Fact]
    public async Task A_report_whose_answer_was_lost_is_counted_once_and_nothing_is_lost_with_it()
    {
        var (a, b) = await TwoAsync();
        a.Take(3);
        _ledger.LosesAnswers = true;
        await Failing(a);
        a.Take(4);
        _ledger.LosesAnswers = false;
        await a.Exchange.StepAsync(Stop);
        await a.Exchange.StepAsync(Stop);

        await b.Exchange.StepAsync(Stop);

        b.TakeAll().Should().Be(Burst - 7);
    }

    [Fact]
    public async Task While_the_store_is_down_each_server_limits_alone_and_afterwards_they_settle()
    {
        var (a, b) = await TwoAsync();
        _ledger.IsDown = true;
        a.Take(5);
        await Failing(a);
        a.Take(5);
        await Failing(a);
        b.Take(1);
        _ledger.IsDown = false;

        await a.Exchange.StepAsync(Stop);
        await a.Exchange.StepAsync(Stop);
        await b.Exchange.StepAsync(Stop);

        b.TakeAll().Should().Be(Burst - 1 - 10);
    }

    [Fact]
    public async Task A_server_that_died_holds_up_nobody_and_its_last_report_counts_once()
    {
        var (a, b) = await TwoAsync();
        a.Take(8);
        await a.Exchange.StepAsync(Stop);
        a.Take(9); // and dies before it can tell

        for (var i = 0; i < 200; i++)
        {
            await b.Exchange.StepAsync(Stop);
            if (i == 0)
                b.TakeAll().Should().Be(Burst - 8);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        b.TakeAll().Should().Be(Burst);
    }

    [Fact]
    public async Task A_server_that_begins_later_does_not_pay_for_what_was_before_it()
    {
        var (a, _) = await TwoAsync();
        for (var i = 0; i < 30; i++)
        {
            a.TakeAll();
            await a.Exchange.StepAsync(Stop);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var late = new Server("late", this);
        await late.Exchange.StepAsync(Stop);
        late.TakeAll().Should().Be(Burst);

        a.Take(5);
        await a.Exchange.StepAsync(Stop);
        await late.Exchange.StepAsync(Stop);
        _time.Advance(TimeSpan.FromSeconds(1));
        late.TakeAll().Should().Be(PerSecond - 5, "from then on it pays like the others");
    }

    [Fact]
    public async Task Keys_that_are_full_again_are_forgotten_and_a_flood_of_keys_is_told_a_part_at_a_time()
    {
        var (a, b) = await TwoAsync();
        for (var i = 0; i < UseExchange.MostKeys + 700; i++)
            a.Limit.TryTake($"k{i}", out _).Should().BeTrue();

        await a.Exchange.StepAsync(Stop);
        _ledger.Reports.Single().Uses.Should().HaveCount(UseExchange.MostKeys);
        await a.Exchange.StepAsync(Stop);
        _ledger.Reports.Sum(r => r.Uses.Count).Should().Be(UseExchange.MostKeys + 700);
        await b.Exchange.StepAsync(Stop);
        b.Limit.Count.Should().Be(UseExchange.MostKeys + 700);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        foreach (var server in new[] { a, b })
        {
            await server.Exchange.StepAsync(Stop);
            server.Limit.Count.Should().Be(0);
        }
    }

    [Fact]
    public async Task Limits_of_different_kinds_are_apart_though_their_keys_are_alike()
    {
        var (a, b) = await TwoAsync();
        a.Other.TryTake("who", out _).Should().BeTrue();
        await a.Exchange.StepAsync(Stop);
        await b.Exchange.StepAsync(Stop);

        b.TakeAll().Should().Be(Burst);
        b.Other.TryTake("who", out _).Should().BeFalse("its burst is one");
    }

    private async Task<(Server A, Server B)> TwoAsync()
    {
        var (a, b) = (new Server("a", this), new Server("b", this));
        await a.Exchange.StepAsync(Stop);
        await b.Exchange.StepAsync(Stop);
        return (a, b);
    }

    private static async Task Failing(Server server)
    {
        var step = () => server.Exchange.StepAsync(Stop);
        await step.Should().ThrowAsync<StoreUnavailableException>();
    }

    private sealed class Server
    {
        public Server(string name, LimitsOverServersTests test)
        {
            Limit = new RateLimit('c', PerSecond, Burst, test._time);
            Other = new RateLimit('p', 1, 1, test._time);
            Exchange = new UseExchange(test._ledger, name, [Limit, Other], test._time);
        }

        public RateLimit Limit { get; }

        public RateLimit Other { get; }

        public UseExchange Exchange { get; }

        public int TakeAll()
        {
            var taken = 0;
            while (Limit.TryTake("who", out _))
                taken++;
            return taken;
        }

        public void Take(int count)
        {
            for (var i = 0; i < count; i++)
                Limit.TryTake("who", out _).Should().BeTrue();
        }
    }
}
