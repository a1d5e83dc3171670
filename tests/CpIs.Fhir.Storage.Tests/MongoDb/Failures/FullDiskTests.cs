using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>The engine's disk is full: a real one, small, and in memory.</summary>
public sealed class FullDiskTests
{
    private const int DiskMegabytes = 120;
    private const int EntriesAtOnce = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_said_to_be_durable_on_a_full_disk_and_all_goes_on_when_there_is_room()
    {
        await using var engine = await PrivateEngine.StartAsync(new() { DiskMegabytes = DiskMegabytes });
        var options = new MongoStoreOptions
        {
            ConnectionString = engine.ConnectionString,
            MinPoolSize = 0,
            WriteBudget = TimeSpan.FromSeconds(2),
        };
        await using var store = await MongoStore.OpenAsync(options, TimeProvider.System, Cancellation);
        await using var patient = await MongoStore.OpenAsync(
            options with
            {
                WriteBudget = Eventually.Patience,
            },
            TimeProvider.System,
            Cancellation
        );
        var told = new List<string>();
        await RecordAsync(patient, told);

        engine.FillDisk();
        // What is left in files that are there already is soon used up.
        while (await TryAsync(() => CommitAsync(store, told)))
            told.Count.Should().BeLessThan(1_000, "the disk is full");
        await ShouldNotBeWritableAsync(store);

        engine.FreeDisk();
        await engine.RestartAsync();
        await Eventually.TrueAsync(() => TryAsync(() => RecordAsync(patient, told)));
        await patient.CheckWritableAsync(Cancellation);
        await CommitAsync(patient, told);

        foreach (var access in told.Where(id => id.StartsWith("access")))
            (await patient.ReadOccurrenceAsync(access, Cancellation)).Should().NotBeNull();
        foreach (var bundle in told.Where(id => id.StartsWith("bundle")))
            (await EntriesAsync(patient, bundle)).Should().Be(EntriesAtOnce);
        (await EntriesAsync(patient, "failed")).Should().Be(0, "what was refused is not half there");
    }

    private static async Task ShouldNotBeWritableAsync(MongoStore store)
    {
        await FluentActions
            .Awaiting(() => store.CommitAsync(Bundle("failed"), Cancellation))
            .Should()
            .ThrowAsync<StoreUnavailableException>();
        while (await TryAsync(() => store.CheckWritableAsync(Cancellation)))
            await FluentActions
                .Awaiting(() => store.CommitAsync(Bundle("failed"), Cancellation))
                .Should()
                .ThrowAsync<StoreUnavailableException>();
    }

    private static async Task RecordAsync(MongoStore store, List<string> told)
    {
        var access = $"access-{Guid.NewGuid()}";
        await store.RecordAsync(Make.Access(access, authorities: Make.Herts), Cancellation);
        told.Add(access);
    }

    private static async Task CommitAsync(MongoStore store, List<string> told)
    {
        var bundle = $"bundle-{Guid.NewGuid()}";
        (await store.CommitAsync(Bundle(bundle), Cancellation)).Should().Be(CommitOutcome.Committed);
        told.Add(bundle);
    }

    private static Commit Bundle(string id) =>
        Make.Commit([
            .. Enumerable.Range(0, EntriesAtOnce).Select(i => Make.Resource($"{id}-{i}", tokens: [$"bundle={id}"])),
        ]);

    private static async Task<long> EntriesAsync(MongoStore store, string bundle)
    {
        var query = new RecordQuery(
            RecordType.EpisodeOfCare,
            Make.Herts,
            [new Condition.AnyToken([$"bundle={bundle}"])]
        )
        {
            Count = 0,
        };
        return (await ((IRecordStore)store).SearchAsync(query, Cancellation)).Total;
    }

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
