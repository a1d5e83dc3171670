using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>
/// What a replica set says while it elects a primary, while a majority lags, or while writers are in each other's way: writes are
/// tried again within their budget, and end with it.
/// </summary>
public sealed class PassingErrorTests(MongoDatabase database) : IClassFixture<MongoDatabase>, IAsyncDisposable
{
    private const int NotWritablePrimary = 10107;
    private const int PrimarySteppedDown = 189;
    private const int ShutdownInProgress = 91;
    private const int WriteConflict = 112;
    private const int OutOfDiskSpace = 14031;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private FailingStore? _failing;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MongoStore Store => _failing!.Store;

    public ValueTask DisposeAsync() => _failing?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData(NotWritablePrimary)]
    [InlineData(PrimarySteppedDown)]
    [InlineData(ShutdownInProgress)]
    public async Task An_access_is_recorded_once_the_primary_is_back(int code)
    {
        await OpenAsync();
        await using (await _failing!.FailAsync(Error(code, "RetryableWriteError"), 5, "insert"))
            await Store.RecordAsync(Make.Access("a", authorities: Make.Herts), Cancellation);

        (await AccessesAsync("a")).Should().Be(1);
    }

    [Theory]
    [InlineData(NotWritablePrimary)]
    [InlineData(PrimarySteppedDown)]
    [InlineData(ShutdownInProgress)]
    public async Task A_commit_comes_to_be_once_the_primary_is_back(int code)
    {
        await OpenAsync();
        await using (await _failing!.FailAsync(Error(code, "TransientTransactionError"), 3, "insert", "update"))
            (await CommitAsync("r1")).Should().Be(CommitOutcome.Committed);
        await using (await _failing.FailAsync(Error(code, "RetryableWriteError"), 3, "commitTransaction"))
            (await CommitAsync("r2")).Should().Be(CommitOutcome.Committed);

        (await _failing.CountAsync("resources")).Should().Be(2);
    }

    [Theory]
    [InlineData(64)] // WriteConcernFailed: not confirmed in time
    [InlineData(ShutdownInProgress)]
    public async Task What_no_majority_confirmed_is_written_until_one_does(int code)
    {
        await OpenAsync();
        await using (await _failing!.FailAsync(NotConfirmed(code), 3, "insert", "update"))
            await Store.RecordAsync(Make.Access("a", authorities: Make.Herts), Cancellation);
        await using (await _failing.FailAsync(NotConfirmed(code), 3, "commitTransaction"))
            (await CommitAsync("r")).Should().Be(CommitOutcome.Committed);

        (await AccessesAsync("a")).Should().Be(1);
        (await _failing.CountAsync("resources")).Should().Be(1);
    }

    [Fact]
    public async Task What_no_majority_ever_confirms_is_not_said_to_be_durable()
    {
        await OpenAsync(Short);
        await using (await _failing!.FailAsync(NotConfirmed(64), null, "insert", "update", "commitTransaction"))
        {
            await UnavailableAsync(() => Store.RecordAsync(Make.Access("a"), Cancellation));
            await UnavailableAsync(() => Store.TryUseOnceAsync("jti", "x", DateTimeOffset.MaxValue, Cancellation));
            await UnavailableAsync(() => Store.CheckWritableAsync(Cancellation));
        }

        await _failing.Patient.CheckWritableAsync(Cancellation);
    }

    [Fact]
    public async Task Writers_that_are_in_each_others_way_for_a_while_all_get_through()
    {
        await OpenAsync();
        await using (await _failing!.FailAsync(Error(WriteConflict, "TransientTransactionError"), 20, "insert"))
            (await CommitAsync("r")).Should().Be(CommitOutcome.Committed);

        (await _failing.CountAsync("resources")).Should().Be(1);
    }

    [Fact]
    public async Task A_storm_of_write_conflicts_ends_with_the_budget()
    {
        await OpenAsync(Short);
        await using (await _failing!.FailAsync(Error(WriteConflict, "TransientTransactionError"), null, "insert"))
            await UnavailableAsync(() => CommitAsync("r"));

        (await _failing.CountAsync("resources")).Should().Be(0);
        (await CommitAsync("r", _failing.Patient)).Should().Be(CommitOutcome.Committed);
    }

    [Fact]
    public async Task A_primary_that_stays_away_is_told_with_the_budget_and_not_for_ever()
    {
        await OpenAsync(Short);
        await using (
            await _failing!.FailAsync(Error(NotWritablePrimary, "RetryableWriteError"), null, "insert", "find")
        )
        {
            await UnavailableAsync(() => Store.RecordAsync(Make.Access("a"), Cancellation));
            await UnavailableAsync(() => Store.ReadChildAsync(Make.Child(1), Cancellation));
            await UnavailableAsync(() => CommitAsync("r"));
        }

        await _failing.Patient.RecordAsync(Make.Access("a"), Cancellation);
        (await _failing.Patient.ReadChildAsync(Make.Child(1), Cancellation)).Should().BeEmpty();
    }

    [Fact]
    public async Task An_engine_that_is_slow_for_less_than_the_budget_is_not_noticed()
    {
        await OpenAsync();
        await using (await _failing!.FailAsync(Slow(TimeSpan.FromMilliseconds(300)), 2, "insert"))
            await Store.RecordAsync(Make.Access("a"), Cancellation);
    }

    [Fact]
    public async Task An_engine_that_is_slow_for_more_than_the_budget_is_told()
    {
        await OpenAsync(Short);
        await using (await _failing!.FailAsync(Slow(TimeSpan.FromSeconds(20)), 1, "insert"))
            await UnavailableAsync(() => Store.RecordAsync(Make.Access("late"), Cancellation));
    }

    [Fact]
    public async Task A_full_disk_is_told_at_once_and_nothing_stays_half()
    {
        await OpenAsync();
        await using (await _failing!.FailAsync(Error(OutOfDiskSpace), null, "insert", "update", "commitTransaction"))
        {
            await UnavailableAsync(() => Store.RecordAsync(Make.Access("a"), Cancellation));
            await UnavailableAsync(() => CommitAsync("r"));
            await UnavailableAsync(() => Store.CheckWritableAsync(Cancellation));
        }

        (await _failing.CountAsync("resources")).Should().Be(0);
        (await CommitAsync("r")).Should().Be(CommitOutcome.Committed);
    }

    /// <summary>How many of one name; what a slow engine carries out late, in the middle of another test, has another.</summary>
    private Task<long> AccessesAsync(string id) => _failing!.CountAsync("occurrences", new BsonDocument("_id", id));

    private async Task OpenAsync(TimeSpan? budget = null)
    {
        Assert.SkipWhen(
            database.Engine.Kind == EngineKind.Server && !await HasTestCommandsAsync(),
            "Fail points need a server with --setParameter enableTestCommands=1."
        );
        _failing = await FailingStore.OpenAsync(database, budget);
    }

    private async Task<bool> HasTestCommandsAsync()
    {
        var asked = new BsonDocument { { "getParameter", 1 }, { "enableTestCommands", 1 } };
        var told = await database
            .Client.GetDatabase("admin")
            .RunCommandAsync<BsonDocument>(asked, cancellationToken: Cancellation);
        return told.GetValue("enableTestCommands", false).ToBoolean();
    }

    private Task<CommitOutcome> CommitAsync(string id, MongoStore? store = null) =>
        (store ?? Store).CommitAsync(Make.Commit(Make.Resource(id, identity: $"plan|{id}")), Cancellation);

    private static async Task UnavailableAsync(Func<Task> act) =>
        await FluentActions
            .Awaiting(() => Eventually.EndsAsync(act()))
            .Should()
            .ThrowAsync<StoreUnavailableException>();

    private static BsonDocument Error(int code, params IEnumerable<string> labels) =>
        new() { { "errorCode", code }, { "errorLabels", new BsonArray(labels) } };

    private static BsonDocument NotConfirmed(int code) =>
        new(
            "writeConcernError",
            new BsonDocument
            {
                { "code", code },
                { "codeName", "NotConfirmed" },
                { "errmsg", "no majority" },
            }
        );

    private static BsonDocument Slow(TimeSpan time) =>
        new() { { "blockConnection", true }, { "blockTimeMS", (int)time.TotalMilliseconds } };
}
