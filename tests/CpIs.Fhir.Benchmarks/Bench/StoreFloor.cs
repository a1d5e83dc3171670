using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// The floor under every look-up: the same occurrences written durably to a bare store, at the same concurrency, without
/// HTTP or rules. In a folder of its own, removed afterwards.
/// </summary>
internal static class StoreFloor
{
    public static async Task<PhaseResult> RunAsync(BenchOptions options, LookUpMix mix, CancellationToken cancellation)
    {
        var folder = Path.Combine(options.FloorDirectory, $"cpis-bench-{Guid.NewGuid():N}");
        try
        {
            await using var store = await SqliteStore.OpenAsync(
                new SqliteStoreOptions { Directory = folder },
                TimeProvider.System,
                cancellation
            );
            return await new ClosedLoop(options.Connections, options.WarmUp, options.Duration).RunAsync(
                BenchRun.StorePhase,
                "writes",
                index => (StepOf(store, mix, new Random(index)), NothingHeld.Instance),
                cancellation
            );
        }
        catch (StoreUnavailableException failure)
        {
            throw new CannotRunException($"the bare store cannot be measured: {failure.Message}", inner: failure);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static ClosedLoop.Step StepOf(SqliteStore store, LookUpMix mix, Random random) =>
        async cancellation =>
        {
            var (child, isHit) = mix.Next(random);
            await store.RecordAsync(SampleAccess.Of(child, isHit, inHistory: true), cancellation);
            return (1, null);
        };
}
