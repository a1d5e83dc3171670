using System.Collections.Concurrent;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

/// <summary>
/// Primaries step down under load (promises 1, 2 and 7). Here an engine of the test's own does as if; <c>tests/replicaset</c>
/// runs the same test on a real set of three, and on a shard of a cluster.
/// </summary>
[Trait(Proof.Long, "true")]
public sealed class StepDownTests
{
    private const int BundleSize = 30;
    private const int WorkBetween = 40;

    private static readonly int StepDowns = int.TryParse(
        Environment.GetEnvironmentVariable("CPIS_STEP_DOWNS"),
        out var n
    )
        ? n
        : 2;

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly ConcurrentQueue<string> _accesses = [];
    private readonly ConcurrentQueue<string> _bundles = [];
    private int _bundlesTried;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_is_there_and_no_bundle_is_half_there_after_primaries_stepped_down()
    {
        await using var set = await SteppingSet.FindAsync();
        var options = new MongoStoreOptions { ConnectionString = set.Store, Database = "cpis_test_" + _run };
        await using var store = await MongoStore.OpenAsync(options, TimeProvider.System, Cancellation);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task[] load =
        [
            UploadAsync(store, enough.Token),
            .. Enumerable.Range(0, 8).Select(i => LookUpAsync(store, i, enough.Token)),
        ];
        for (var done = 0; done < StepDowns; done++)
        {
            await UntilMoreIsDoneAsync(load);
            await set.StepDownAsync();
        }

        await UntilMoreIsDoneAsync(load);
        await enough.CancelAsync();
        await Task.WhenAll(load);
        await CheckAsync(store);
        await set.DropAsync(options.Database);
    }

    private async Task UploadAsync(MongoStore store, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var id = Bundle(_bundlesTried++);
            var resources = Enumerable
                .Range(0, BundleSize)
                .Select(i => Make.Resource($"{id}-{i}", tokens: [$"bundle={id}"]))
                .ToArray();
            var commit = Make.Commit(resources) with { Occurrence = Make.Access($"upload-{id}") };
            if (await IsDoneAsync(() => store.CommitAsync(commit, Cancellation)))
                _bundles.Enqueue(id);
        }
    }

    private async Task LookUpAsync(MongoStore store, int worker, CancellationToken cancellation)
    {
        for (var i = 0; !cancellation.IsCancellationRequested; i++)
        {
            var access = Make.Access($"{_run}-{worker}-{i}", child: Make.Child(i), authorities: Make.Herts);
            if (await IsDoneAsync(() => store.RecordAsync(access, Cancellation)))
                _accesses.Enqueue(access.Id);
        }
    }

    /// <summary>Whether it was acknowledged. "Could not" is an answer too: then nothing is promised.</summary>
    private static async Task<bool> IsDoneAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private async Task UntilMoreIsDoneAsync(Task[] load)
    {
        var (accesses, bundles) = (_accesses.Count + WorkBetween, _bundles.Count + 1);
        await Eventually.TrueAsync(async () =>
        {
            if (load.FirstOrDefault(worker => worker.IsFaulted) is { } failed)
                await failed;
            return _accesses.Count >= accesses && _bundles.Count >= bundles;
        });
    }

    private async Task CheckAsync(MongoStore store)
    {
        foreach (var access in _accesses)
            (await store.ReadOccurrenceAsync(access, Cancellation)).Should().NotBeNull();
        for (var bundle = 0; bundle < _bundlesTried; bundle++)
        {
            var id = Bundle(bundle);
            var query = new RecordQuery(
                RecordType.EpisodeOfCare,
                Make.Herts,
                [new Condition.AnyToken([$"bundle={id}"])]
            );
            var found = (await store.SearchAsync(query with { Count = 0 }, Cancellation)).Total;
            var occurrence = await store.ReadOccurrenceAsync($"upload-{id}", Cancellation);
            found.Should().Be(occurrence is null ? 0 : BundleSize);
            if (_bundles.Contains(id))
                found.Should().Be(BundleSize);
        }
    }

    private string Bundle(int number) => $"{_run}-{number}";
}
