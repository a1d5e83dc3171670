using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;

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
        await using var store = await own.OpenAsync(Long);
        Freeze(what);
        var (access, commit) = (RecordAsync(store, "a"), CommitAsync(store, "r"));
        (await Task.WhenAny(access, commit, Task.Delay(700, Cancellation)))
            .Should()
            .NotBeSameAs(access)
            .And.NotBeSameAs(commit);
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
        await using var store = await own.OpenAsync(Short);
        Freeze(what);
        await UnavailableAsync(
            RecordAsync(store, "a"),
            CommitAsync(store, "r"),
            store.CheckWritableAsync(Cancellation),
            store.ReadChildAsync(Make.Child(1), Cancellation)
        );
        own.Engine.Thaw();

        // What was under way may still come to be, whole; it may take the engine a moment to answer as fast as is asked here.
        await EventuallyAsync(() => store.CheckWritableAsync(Cancellation));
        await EventuallyAsync(() => RecordAsync(store, "a"));
        await EventuallyAsync(() => CommitAsync(store, "again"));
        await ShouldBeWholeAsync(store);
        (await store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(1);
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("database")]
    public async Task A_caller_whose_own_limit_ends_meanwhile_is_told_that_and_nothing_of_the_driver(string what)
    {
        // A driver that soon notices: it breaks what is under way itself, and looks for a server when the limit ends.
        await using var store = await own.OpenAsync(
            Long,
            settings => settings.HeartbeatInterval = settings.HeartbeatTimeout = TimeSpan.FromMilliseconds(500)
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
        await using (var patient = await MongoStore.OpenAsync(options, TimeProvider.System, Cancellation))
        {
            await engine.CutOffAsync();
            var access = RecordAsync(patient, "a");
            (await Task.WhenAny(access, Task.Delay(700, Cancellation))).Should().NotBeSameAs(access);
            await engine.ReconnectAsync();
            await access;
        }

        options = options with { WriteBudget = Short };
        await using var store = await MongoStore.OpenAsync(options, TimeProvider.System, Cancellation);
        await engine.CutOffAsync();
        await UnavailableAsync(RecordAsync(store, "b"), store.CheckWritableAsync(Cancellation));
        await engine.ReconnectAsync();
        await EventuallyAsync(() => RecordAsync(store, "b"));
        (await store.ReadOpenObligationsAsync(Make.Herts, Cancellation)).Count.Should().Be(2);
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

    private static async Task EventuallyAsync(Func<Task> act)
    {
        while (true)
            try
            {
                await act();
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(50, Cancellation);
            }
    }
}
