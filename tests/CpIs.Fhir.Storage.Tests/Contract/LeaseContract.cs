using CpIs.Fhir.Core.Leases;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>Leases on which all servers of a store agree.</summary>
public abstract class LeaseContract : StoreContract
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private ILeaseStore Leases => Store.Leases;

    [Fact]
    public async Task Of_thirty_two_who_ask_at_once_one_gets_it()
    {
        for (var round = 0; round < 5; round++)
        {
            var name = $"round{round}";
            var won = await RaceAsync(32, i => HoldAsync(name, $"server{i}", 0));

            won.Count(w => w).Should().Be(1);
        }
    }

    [Fact]
    public async Task Of_thirty_two_who_find_it_lapsed_one_takes_it_over()
    {
        await HoldAsync("work", "gone", 0);

        var won = await RaceAsync(32, i => HoldAsync("work", $"server{i}", 60));

        won.Count(w => w).Should().Be(1);
        var winner = $"server{Array.IndexOf(won, true)}";
        (await HoldAsync("work", winner, 61)).Should().BeTrue();
        (await HoldAsync("work", "gone", 61)).Should().BeFalse();
    }

    [Fact]
    public async Task It_holds_until_its_last_moment_and_lapses_then_also_after_reopening()
    {
        (await HoldAsync("work", "a", 0)).Should().BeTrue();
        await Store.ReopenAsync();

        (await HoldAsync("work", "b", 59.999)).Should().BeFalse();
        (await HoldAsync("work", "b", 60)).Should().BeTrue();
        (await HoldAsync("work", "a", 61)).Should().BeFalse("b has it now");
    }

    [Fact]
    public async Task Its_holder_prolongs_it_before_and_after_it_has_lapsed()
    {
        await HoldAsync("work", "a", 0);

        (await HoldAsync("work", "a", 30)).Should().BeTrue();
        (await HoldAsync("work", "b", 89)).Should().BeFalse();
        (await HoldAsync("work", "a", 500)).Should().BeTrue();
        (await HoldAsync("work", "b", 559)).Should().BeFalse();
    }

    [Fact]
    public async Task Its_holder_may_shorten_it_too()
    {
        await HoldAsync("work", "a", 0);
        await Leases.TryHoldAsync("work", "a", At(1), TimeSpan.FromSeconds(4), Cancellation);

        (await HoldAsync("work", "b", 4.9)).Should().BeFalse();
        (await HoldAsync("work", "b", 5)).Should().BeTrue();
    }

    [Fact]
    public async Task Given_back_it_is_free_at_once_and_only_its_holder_can_give_it_back()
    {
        await HoldAsync("work", "a", 0);
        await Leases.ReleaseAsync("work", "b", Cancellation);
        (await HoldAsync("work", "b", 1)).Should().BeFalse();

        await Leases.ReleaseAsync("work", "a", Cancellation);
        (await HoldAsync("work", "b", 1)).Should().BeTrue();

        await Leases.ReleaseAsync("work", "a", Cancellation);
        (await HoldAsync("work", "c", 2)).Should().BeFalse("b still has it");
        await Leases.ReleaseAsync("never taken", "a", Cancellation);
    }

    [Fact]
    public async Task Names_are_apart_however_many_and_however_long()
    {
        var names = Enumerable.Range(0, 50).Select(i => new string('n', 190) + $"/{i}").ToArray();
        foreach (var name in names)
            (await HoldAsync(name, name[..10] + name[^3..], 0)).Should().BeTrue();

        foreach (var name in names)
            (await HoldAsync(name, "other", 1)).Should().BeFalse();
    }

    private Task<bool> HoldAsync(string name, string holder, double second) =>
        Leases.TryHoldAsync(name, holder, At(second), Minute, Cancellation);

    private static DateTimeOffset At(double second) => Make.Noon.AddSeconds(second);
}
