using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>
/// The engine carries a write out and its answer is lost, once or over and over. The store finds the truth out, or says that it
/// does not know; it does nothing twice, and what it is asked again does no harm.
/// </summary>
public sealed class UnknownOutcomeTests(MongoDatabase database) : IClassFixture<MongoDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private FailingStore? _failing;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MongoStore Store => _failing!.Store;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(database.Engine.Kind == EngineKind.Server, "A server has no fail point after a command.");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _failing?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData(1)]
    [InlineData(2)] // the driver itself asks once more
    [InlineData(5)]
    public async Task A_commit_whose_answer_is_lost_is_committed_once(int times)
    {
        await OpenAsync();
        await using (await LoseAsync(times, "commitTransaction"))
            (await Store.CommitAsync(Whole(), Cancellation)).Should().Be(CommitOutcome.Committed);

        await ShouldBeThereOnceAsync();
        (await Store.CommitAsync(Whole(), Cancellation)).Should().Be(CommitOutcome.AlreadyAnswered);
    }

    [Fact]
    public async Task A_commit_of_which_no_answer_ever_comes_is_found_out_by_its_mark()
    {
        await OpenAsync(Lease, _time);
        await using (await LoseAsync(null, "commitTransaction"))
        {
            var commit = Store.CommitAsync(Whole(), Cancellation);
            await EndBudgetAsync();
            (await commit).Should().Be(CommitOutcome.Committed);
        }

        await ShouldBeThereOnceAsync();
        (await _failing!.CountAsync("commits", new BsonDocument("void", true))).Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task An_access_whose_answer_is_lost_is_recorded_once(int times)
    {
        await OpenAsync();
        await using (await LoseAsync(times, "insert"))
            await Store.RecordAsync(Make.Access("a", authorities: Make.Herts), Cancellation);
        await using (await LoseAsync(times, "insert", "update"))
            await Store.RecordAsync(Make.Access("b", authorities: Make.Herts), Cancellation);

        (await _failing!.CountAsync("occurrences")).Should().Be(2);
        (await Store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(2);
    }

    [Fact]
    public async Task An_access_of_which_no_answer_ever_comes_is_not_said_to_be_durable()
    {
        await OpenAsync(Short);
        await using (await LoseAsync(null, "insert", "update"))
            await FluentActions
                .Awaiting(() => Store.RecordAsync(Make.Access("a"), Cancellation))
                .Should()
                .ThrowAsync<StoreUnavailableException>();

        (await _failing!.CountAsync("occurrences")).Should().BeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_value_is_used_once_though_the_answer_was_lost(int times)
    {
        await OpenAsync();
        await using (await LoseAsync(times, "insert"))
            (await UseAsync("jti")).Should().BeTrue();
        (await UseAsync("jti")).Should().BeFalse();
        await using (await LoseAsync(times, "insert", "update"))
            (await UseAsync("other")).Should().BeTrue();
        (await UseAsync("other")).Should().BeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_lease_is_held_though_the_answer_was_lost(int times)
    {
        await OpenAsync();
        var now = TimeProvider.System.GetUtcNow();
        await using (await LoseAsync(times, "update"))
            (await Store.TryHoldAsync("job", "one", now, Lease, Cancellation)).Should().BeTrue();
        (await Store.TryHoldAsync("job", "other", now, Lease, Cancellation)).Should().BeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task An_obligation_is_numbered_claimed_and_settled_once_though_every_answer_was_lost(int times)
    {
        await OpenAsync();
        await ObligeAsync();
        var now = Make.Noon.AddMinutes(10);
        await using (await LoseAsync(times, "commitTransaction"))
            (await NumberAsync(now)).Should().Be(1);
        (await NumberAsync(now)).Should().Be(0);

        Delivery claimed;
        await using (await LoseAsync(times, "commitTransaction"))
            claimed = (await Store.ClaimDueAsync(now, Lease, 10, Cancellation)).Single();
        (await Store.ClaimDueAsync(now, Lease, 10, Cancellation)).Should().BeEmpty("it is under a lease");

        await using (await LoseAsync(times, "commitTransaction"))
            (await Store.SettleAsync(claimed, now, Cancellation)).Should().BeTrue();
        await ShouldBeToldOnceAsync();
    }

    [Fact]
    public async Task Numbering_claiming_and_settling_of_which_nothing_is_known_are_repeated_without_harm()
    {
        await OpenAsync(Lease, _time);
        await ObligeAsync();
        var now = Make.Noon.AddMinutes(10);
        await UnknownAsync(() => NumberAsync(now));
        (await NumberAsync(now)).Should().Be(0, "it had been numbered");

        await UnknownAsync(() => Store.ClaimDueAsync(now, Lease, 10, Cancellation));
        (await Store.ClaimDueAsync(now, Lease, 10, Cancellation)).Should().BeEmpty("nobody knows who has the lease");
        now += Lease;
        var claimed = (await Store.ClaimDueAsync(now, Lease, 10, Cancellation)).Single();

        await UnknownAsync(() => Store.SettleAsync(claimed, now, Cancellation));
        (await Store.SettleAsync(claimed, now, Cancellation)).Should().BeTrue("its holder may say so again");
        await ShouldBeToldOnceAsync();

        async Task UnknownAsync(Func<Task> act)
        {
            await using (await LoseAsync(null, "commitTransaction"))
            {
                var acting = act();
                await EndBudgetAsync();
                await FluentActions.Awaiting(() => acting).Should().ThrowAsync<StoreUnavailableException>();
            }
        }
    }

    private async Task OpenAsync(TimeSpan? budget = null, TimeProvider? time = null) =>
        _failing = await FailingStore.OpenAsync(database, budget, time);

    /// <summary>Time passes once the commit of which no answer comes has been sent.</summary>
    private async Task EndBudgetAsync()
    {
        var before = _failing!.Sent("commitTransaction");
        await Eventually.TrueAsync(() => _failing.Sent("commitTransaction") > before);
        _time.Advance(Lease);
    }

    private Task<FailPoint> LoseAsync(int? times, params IEnumerable<string> commands) =>
        _failing!.FailAsync(FailingStore.AnswerIsLost, times, commands);

    private static Commit Whole() =>
        Make.Commit(Make.Resource("r", identity: "plan|1", child: Make.Child(1), tokens: ["a=1"])) with
        {
            Answer = Make.Answer("request", expires: DateTimeOffset.MaxValue),
            Occurrence = Make.Access("upload", authorities: Make.Herts),
        };

    private async Task ShouldBeThereOnceAsync()
    {
        (await Store.ReadAsync(RecordType.EpisodeOfCare, "r", null, Cancellation))!.Version.Should().Be(1);
        (await Store.ReadAnswerAsync("herts", "request", Cancellation)).Should().NotBeNull();
        (await Store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(1);
        foreach (var collection in new[] { "resources", "claims", "answers", "occurrences" })
            (await _failing!.CountAsync(collection)).Should().Be(1, collection);
        (await _failing!.CountAsync("versions")).Should().Be(0);
    }

    private Task<bool> UseAsync(string value) =>
        Store.TryUseOnceAsync("jti", value, TimeProvider.System.GetUtcNow().AddMinutes(5), Cancellation);

    private async Task ObligeAsync()
    {
        await Store.CommitAsync(Make.Commit(Make.Subscription("s")), Cancellation);
        await Store.RecordAsync(Make.Access("a", authorities: Make.Herts), Cancellation);
    }

    private Task<int> NumberAsync(DateTimeOffset now) =>
        Store.NumberObligationsAsync(now, TimeSpan.Zero, 100, Cancellation);

    private async Task ShouldBeToldOnceAsync()
    {
        var events = await Store.ReadEventsAsync("s", 1, long.MaxValue, 10, Cancellation);
        events.Should().ContainSingle().Which.Number.Should().Be(1);
        events[0].Delivered.Should().NotBeNull();
        (await Store.ReadLedgerAsync("s", Cancellation)).Undelivered.Should().Be(0);
        (await Store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(0);
        (await _failing!.CountAsync("occurrences", new BsonDocument("busy", 0))).Should().Be(1);
    }
}
