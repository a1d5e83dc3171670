using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>
/// kill -9 in the middle of uploads and look-ups (promises 1, 2 and 7). CPIS_KILLS sets how many times (3 when absent).
/// </summary>
public sealed class KillTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "cpis-kill-" + Guid.NewGuid());

    [Fact]
    public async Task After_kill_9_every_bundle_is_whole_or_absent_and_everything_answered_is_there()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var kills = int.TryParse(Environment.GetEnvironmentVariable("CPIS_KILLS"), out var wanted) ? wanted : 3;
        var told = new List<string>();
        for (var kill = 0; kill < kills; kill++)
        {
            // Each run is killed at another moment of its work; whichever bundle is then under way must not show.
            told.AddRange(
                await ChildProcess.RunAndKillAsync(
                    bundles: 2 + kill % 5,
                    accesses: 40 + kill * 37,
                    cancellation,
                    KilledProcess.SqliteVerb,
                    _directory
                )
            );
            await using var store = await SqliteStore.OpenAsync(
                new SqliteStoreOptions { Directory = _directory },
                TimeProvider.System,
                cancellation
            );
            var accesses = await WorkloadCheck.RunAsync(store, told, cancellation);
            var open = await store.ReadOpenObligationsAsync(Make.Herts, cancellation);
            open.Count.Should().Be(accesses.Count, "an obligation is in the same commit as what caused it");
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
