using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>
/// Two servers whose clocks are ten minutes apart, on one database. Things may come early or late, and one notice twice; nothing
/// is lost, no number is given twice, nothing that may be used once is used twice.
/// </summary>
public sealed class ClockSkewTests(MongoDatabase database) : IClassFixture<MongoDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _slowTime = new(Make.Noon);
    private readonly FakeTimeProvider _fastTime = new(Make.Noon + Skew);
    private MongoStoreUnderTest _slowOpened = null!;
    private MongoStoreUnderTest _fastOpened = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MongoStore Slow => _slowOpened.Store;

    private MongoStore Fast => _fastOpened.Store;

    public async ValueTask InitializeAsync()
    {
        _slowOpened = await MongoStoreUnderTest.OpenAsync(database, _slowTime);
        _fastOpened = await MongoStoreUnderTest.OpenAsync(database, _fastTime);
    }

    public async ValueTask DisposeAsync()
    {
        await _fastOpened.Store.DisposeAsync();
        await _slowOpened.DisposeAsync();
    }

    [Fact]
    public async Task A_value_that_a_fast_server_holds_for_expired_cannot_be_used_again_on_a_slow_one()
    {
        var expires = Make.Noon.AddMinutes(5);
        (await UseAsync(Slow, "jti", expires)).Should().BeTrue();

        (await Fast.RemoveExpiredAsync(100, Cancellation)).Should().Be(0, "it holds where clocks are slow");

        (await UseAsync(Slow, "jti", expires)).Should().BeFalse();
    }

    [Fact]
    public async Task An_answer_that_is_kept_is_kept_for_both()
    {
        var commit = new Commit { Answer = Make.Answer("request") };
        (await Slow.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Committed);

        (await Fast.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.AlreadyAnswered);
    }

    [Fact]
    public async Task A_lease_is_taken_over_early_by_a_fast_server_and_late_by_a_slow_one_and_has_one_holder()
    {
        (await HoldAsync(Slow, _slowTime, "slow")).Should().BeTrue();
        (await HoldAsync(Fast, _fastTime, "fast")).Should().BeTrue("early: to it the lease has lapsed");
        (await HoldAsync(Slow, _slowTime, "slow")).Should().BeFalse("it has lost it");

        await Slow.ReleaseAsync("job", "slow", Cancellation);
        (await HoldAsync(Slow, _slowTime, "slow")).Should().BeFalse("nobody gives back what another holds");
        Pass(Minute);
        (await HoldAsync(Slow, _slowTime, "slow")).Should().BeFalse("late: by ten minutes");
        Pass(Skew);
        (await HoldAsync(Slow, _slowTime, "slow")).Should().BeTrue();
    }

    [Fact]
    public async Task A_delivery_that_is_taken_over_early_is_sent_twice_at_most_and_ends_once()
    {
        await SubscribeAsync();
        await RecordAsync(Slow, _slowTime, "o1");
        await NumberAsync(Slow, _slowTime);
        Pass(Quiet);
        var sending = (await ClaimAsync(Slow, _slowTime)).Should().ContainSingle().Subject;

        var again = (await ClaimAsync(Fast, _fastTime)).Should().ContainSingle("to it the lease has lapsed").Subject;
        again.Fence.Should().BeGreaterThan(sending.Fence);
        (await ClaimAsync(Fast, _fastTime)).Should().BeEmpty();
        (await ClaimAsync(Slow, _slowTime)).Should().BeEmpty();

        (await Slow.SettleAsync(sending, _slowTime.GetUtcNow(), Cancellation)).Should().BeFalse("it lost the claim");
        (await Fast.SettleAsync(again, _fastTime.GetUtcNow(), Cancellation)).Should().BeTrue();
        (await ClaimAsync(Fast, _fastTime)).Should().BeEmpty();
        (await Slow.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(0);
    }

    [Fact]
    public async Task What_a_fast_server_took_and_died_with_is_taken_by_a_slow_one_late_and_not_never()
    {
        await SubscribeAsync();
        await RecordAsync(Fast, _fastTime, "o1");
        await NumberAsync(Fast, _fastTime);
        Pass(Quiet);
        (await ClaimAsync(Slow, _slowTime)).Should().BeEmpty("late: by the clock of who gave the number it is not due");
        (await ClaimAsync(Fast, _fastTime)).Should().ContainSingle();

        Pass(Minute);
        (await ClaimAsync(Slow, _slowTime)).Should().BeEmpty("late: the lease was given by a fast clock");
        Pass(Skew);
        var taken = (await ClaimAsync(Slow, _slowTime)).Should().ContainSingle().Subject;
        (await Slow.SettleAsync(taken, _slowTime.GetUtcNow(), Cancellation)).Should().BeTrue();
    }

    [Fact]
    public async Task Numbers_have_no_gap_and_no_repeat_whoever_writes_and_numbers()
    {
        await SubscribeAsync();
        for (var i = 0; i < 10; i++)
        {
            await RecordAsync(Slow, _slowTime, $"slow{i}", child: i);
            await RecordAsync(Fast, _fastTime, $"fast{i}", child: i);
            await Task.WhenAll(NumberAsync(Fast, _fastTime), NumberAsync(Slow, _slowTime));
        }

        while (await NumberAsync(Slow, _slowTime) > 0) { }

        var events = await Slow.ReadEventsAsync("s", 1, long.MaxValue, 1_000, Cancellation);
        events.Select(e => e.Number).Should().Equal(Enumerable.Range(1, events.Count).Select(n => (long)n));
        events.SelectMany(e => e.Occurrences).Should().HaveCount(20).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task One_person_on_one_child_through_both_is_two_events_at_worst_and_never_none()
    {
        await SubscribeAsync();
        await RecordAsync(Fast, _fastTime, "o1");
        await RecordAsync(Slow, _slowTime, "o2");
        await NumberAsync(Slow, _slowTime);
        await RecordAsync(Slow, _slowTime, "o3");
        await NumberAsync(Fast, _fastTime);

        var events = await Slow.ReadEventsAsync("s", 1, long.MaxValue, 10, Cancellation);
        events.Select(e => string.Join(',', e.Occurrences)).Should().Equal("o2,o3,o1");
    }

    private void Pass(TimeSpan time)
    {
        _slowTime.Advance(time);
        _fastTime.Advance(time);
    }

    private async Task SubscribeAsync() =>
        (await Slow.CommitAsync(Make.Commit(Make.Subscription("s")), Cancellation))
            .Should()
            .Be(CommitOutcome.Committed);

    private static Task RecordAsync(MongoStore store, TimeProvider time, string id, int child = 1) =>
        store.RecordAsync(Make.Access(id, time.GetUtcNow(), Make.Child(child), authorities: Make.Herts), Cancellation);

    private static Task<bool> UseAsync(MongoStore store, string value, DateTimeOffset expires) =>
        store.TryUseOnceAsync("jti", value, expires, Cancellation);

    private static Task<bool> HoldAsync(MongoStore store, TimeProvider time, string holder) =>
        store.TryHoldAsync("job", holder, time.GetUtcNow(), Minute, Cancellation);

    private static Task<int> NumberAsync(MongoStore store, TimeProvider time) =>
        store.NumberObligationsAsync(time.GetUtcNow(), Quiet, 100, Cancellation);

    private static Task<IReadOnlyList<Delivery>> ClaimAsync(MongoStore store, TimeProvider time) =>
        store.ClaimDueAsync(time.GetUtcNow(), Minute, 10, Cancellation);
}
