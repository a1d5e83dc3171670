using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>The engine neither answers nor closes a connection: SIGSTOP, and a network that swallows everything.</summary>
public sealed class FrozenEngineTests(OwnEngine own) : IClassFixture<OwnEngine>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gateway")]
    [InlineData("database")]
    public async Task A_freeze_shorter_than_the_budget_is_noticed_by_no_writer(string what)
    {
        var sent = 0;
        await using var store = await own.OpenAsync(Long, Count(() => Interlocked.Increment(ref sent)));
        Freeze(what);
        sent = 0;
        var (access, commit) = (RecordAsync(store, "a"), CommitAsync(store, "r"));
        await Eventually.TrueAsync(() => Volatile.Read(ref sent) > 0);
        access.IsCompleted.Should().BeFalse();
        commit.IsCompleted.Should().BeFalse();
        own.Engine.Thaw();

        await access;
        (await commit).Should().Be(CommitOutcome.Committed);
        await ShouldBeWholeAsync(store);
        (await store.ReadOccurrenceAsync("a", Cancellation)).Should().NotBeNull();
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("database")]
    public async Task A_freeze_longer_than_the_budget_is_told_and_leaves_nothing_half(string what)
    {
        var database = OwnEngine.NewDatabase();
        await using var store = await own.OpenAsync(Short, database: database);
        Freeze(what);
        await UnavailableAsync(
            RecordAsync(store, "a"),
            CommitAsync(store, "r"),
            store.CheckWritableAsync(Cancellation),
            store.ReadChildAsync(Make.Child(1), Cancellation)
        );
        own.Engine.Thaw();

        // What was under way may still come to be, whole.
        await using var after = await own.OpenAsync(Long, database: database);
        await after.CheckWritableAsync(Cancellation);
        await RecordAsync(after, "a");
        await CommitAsync(after, "again");
        await ShouldBeWholeAsync(after);
        (await after.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(1);
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("database")]
    public async Task A_caller_whose_own_limit_ends_meanwhile_is_told_that_and_nothing_of_the_driver(string what)
    {
        // Its indexes are made by a driver that has patience.
        var database = OwnEngine.NewDatabase();
        await using (await own.OpenAsync(Long, database: database)) { }

        // A driver that soon notices: it breaks what is under way itself, and looks for a server when the limit ends.
        await using var store = await own.OpenAsync(
            Long,
            settings => settings.HeartbeatInterval = settings.HeartbeatTimeout = TimeSpan.FromSeconds(1),
            database
        );
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => RecordAsync(store, $"warm{i}")));
        Freeze(what);
        try
        {
            var acts = Enumerable
                .Range(0, 40)
                .Select(async i =>
                {
                    using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(100 * i));
                    Func<Task> act = (i % 3) switch
                    {
                        0 => () => store.RecordAsync(Make.Access($"a{i}"), limit.Token),
                        1 => () => store.ReadChildAsync(Make.Child(1), limit.Token),
                        _ => () => store.CommitAsync(Make.Commit(Make.Resource($"r{i}")), limit.Token),
                    };
                    await act.Should().ThrowAsync<OperationCanceledException>();
                });
            await Task.WhenAll(acts);
        }
        finally
        {
            own.Engine.Thaw();
        }
    }

    [Fact]
    public async Task A_network_that_swallows_everything_for_a_moment_is_noticed_by_no_writer_and_for_longer_is_told()
    {
        await using var engine = await PrivateEngine.StartAsync(new() { Isolated = true });
        var options = new MongoStoreOptions
        {
            ConnectionString = engine.ConnectionString,
            MinPoolSize = 0,
            WriteBudget = Long,
        };
        var sent = 0;
        var count = Count(() => Interlocked.Increment(ref sent));
        await using (var patient = await MongoStore.OpenAsync(options, TimeProvider.System, count, Cancellation))
        {
            await engine.CutOffAsync();
            sent = 0;
            var access = RecordAsync(patient, "a");
            await Eventually.TrueAsync(() => Volatile.Read(ref sent) > 0);
            access.IsCompleted.Should().BeFalse();
            await engine.ReconnectAsync();
            await access;
        }

        await using var store = await MongoStore.OpenAsync(
            options with
            {
                WriteBudget = Short,
            },
            TimeProvider.System,
            Cancellation
        );
        await engine.CutOffAsync();
        await UnavailableAsync(RecordAsync(store, "b"), store.CheckWritableAsync(Cancellation));
        await engine.ReconnectAsync();
        await using var after = await MongoStore.OpenAsync(options, TimeProvider.System, Cancellation);
        await RecordAsync(after, "b");
        (await after.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(2);
    }

    private void Freeze(string what)
    {
        if (what == "gateway")
            own.Engine.FreezeGateway();
        else
            own.Engine.FreezeDatabase();
    }

    private static Task RecordAsync(MongoStore store, string id) =>
        store.RecordAsync(Make.Access(id, authorities: Make.Herts), Cancellation);

    private static Task<CommitOutcome> CommitAsync(MongoStore store, string id) =>
        store.CommitAsync(
            Make.Commit([.. Enumerable.Range(0, 50).Select(i => Make.Resource($"{id}{i}", identity: $"{id}|{i}"))]),
            Cancellation
        );

    /// <summary>Of each Bundle all or nothing.</summary>
    private static async Task ShouldBeWholeAsync(MongoStore store)
    {
        var query = new RecordQuery(RecordType.EpisodeOfCare, Make.Herts, []) { Count = 1000 };
        var found = (await ((IRecordStore)store).SearchAsync(query, Cancellation)).Items.Count;
        found.Should().BeOneOf(50, 100);
    }

    private static async Task UnavailableAsync(params IEnumerable<Task> acts)
    {
        foreach (var act in acts)
            await FluentActions.Awaiting(() => act).Should().ThrowAsync<StoreUnavailableException>();
    }

    /// <summary>Tells of each read and write that is sent, before anybody could answer it.</summary>
    private static Action<MongoClientSettings> Count(Action each) =>
        settings =>
            settings.ClusterConfigurator = cluster =>
                cluster.Subscribe<CommandStartedEvent>(command =>
                {
                    if (command.CommandName is "insert" or "update" or "find")
                        each();
                });
}
