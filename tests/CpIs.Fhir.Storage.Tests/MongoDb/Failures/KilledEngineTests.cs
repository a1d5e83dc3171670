using System.Collections.Concurrent;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>The engine is killed with kill -9 under the store (promises 1, 2, 3, 4 and 7).</summary>
[Trait(Proof.Long, "true")]
public sealed class KilledEngineTests(OwnEngine own) : IClassFixture<OwnEngine>
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_and_nothing_is_half_there()
    {
        await using var store = await own.OpenAsync(Budget);
        await store.CommitAsync(Make.Commit(Make.Subscription("s", maxCount: 20)), Cancellation);
        var told = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll(
            new Workload(store, told.Enqueue).RunAsync(outlastsFailures: true, stop.Token),
            TellAsync(store, told.Enqueue, stop.Token)
        );

        foreach (var kill in new Func<ValueTask>[] { own.Engine.KillGatewayAsync, own.Engine.KillDatabaseAsync })
        {
            await MoreAsync("bundle", 1);
            await MoreAsync("access", 40);
            await kill();
            await own.Engine.RestartAsync();
        }

        await MoreAsync("bundle", 1);
        await MoreAsync("access", 40);
        await MoreAsync("delivery", 1);
        await stop.CancelAsync();
        await working;

        var durable = told.Where(line => line != "delivery").ToList();
        var accesses = await WorkloadCheck.RunAsync(store, durable, Cancellation);
        await ShouldAllBeNumberedAsync(store, accesses);

        // Waits until more is acknowledged than there is now.
        async Task MoreAsync(string what, int more)
        {
            var before = told.Count(line => line.StartsWith(what));
            await Eventually.TrueAsync(() =>
            {
                working.IsFaulted.Should().BeFalse(working.Exception?.ToString());
                return told.Count(line => line.StartsWith(what)) >= before + more;
            });
        }
    }

    [Fact]
    public async Task A_commit_that_never_came_to_be_is_fenced_and_may_be_sent_again()
    {
        Assert.SkipWhen(own.Engine.Kind == EngineKind.Server, "A single mongod does not step down.");
        var (appName, database) = (Guid.NewGuid().ToString(), OwnEngine.NewDatabase());
        await using var store = await own.OpenAsync(Short, s => s.ApplicationName = appName, database);
        await using var after = await own.OpenAsync(Budget, database: database);
        var commit = Make.Commit(Make.Resource("r", identity: "plan|1"));
        using var client = new MongoClient(own.Engine.ConnectionString);

        await using (await FailPoint.SetAsync(client, appName, null, FailingStore.CommandIsLost, "commitTransaction"))
        {
            var unknown = store.CommitAsync(commit, Cancellation);
            // A member that loses its place as primary aborts whatever is open: the transaction that nobody could commit.
            while (await Task.WhenAny(unknown, Task.Delay(200, Cancellation)) != unknown)
                await own.RunAsync(new BsonDocument { { "replSetStepDown", 0 }, { "force", true } });
            (await FluentActions.Awaiting(() => unknown).Should().ThrowAsync<StoreUnavailableException>()).WithMessage(
                "*was not applied*"
            );
        }

        (await after.ReadAsync(RecordType.EpisodeOfCare, "r", null, Cancellation)).Should().BeNull();
        (await after.CommitAsync(commit, Cancellation)).Should().Be(CommitOutcome.Committed);
        (await after.ReadAsync(RecordType.EpisodeOfCare, "r", null, Cancellation))!.Version.Should().Be(1);
    }

    private static async Task ShouldAllBeNumberedAsync(MongoStore store, HashSet<string> accesses)
    {
        while (await NumberAsync(store) > 0) { }

        var events = await store.ReadEventsAsync("s", 1, long.MaxValue, int.MaxValue, Cancellation);
        events.Select(e => e.Number).Should().Equal(Enumerable.Range(1, events.Count).Select(n => (long)n));
        events.SelectMany(e => e.Occurrences).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(accesses);
        var delivered = events.Where(e => e.Delivered is not null).SelectMany(e => e.Occurrences).Count();
        delivered.Should().BePositive();
        var open = await store.ReadOpenObligationsAsync(Make.Herts, Cancellation);
        open.Count.Should().Be(accesses.Count - delivered, "an obligation ends as delivered and in no other way");
    }

    /// <summary>As a dispatcher does: numbers, claims, settles.</summary>
    private static async Task TellAsync(MongoStore store, Action<string> say, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            try
            {
                await NumberAsync(store);
                var now = TimeProvider.System.GetUtcNow();
                foreach (var delivery in await store.ClaimDueAsync(now, TimeSpan.FromSeconds(1), 5, Cancellation))
                    if (await store.SettleAsync(delivery, now, Cancellation))
                        say("delivery");
            }
            catch (StoreUnavailableException)
            {
                // The engine is away.
            }
    }

    private static Task<int> NumberAsync(MongoStore store) =>
        store.NumberObligationsAsync(TimeProvider.System.GetUtcNow(), TimeSpan.Zero, 200, Cancellation);
}
