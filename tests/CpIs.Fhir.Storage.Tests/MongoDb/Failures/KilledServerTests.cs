using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>
/// A server killed with kill -9 in the middle of look-ups and of transactions of 300 entries (promises 1, 2 and 7). CPIS_KILLS
/// sets how many times (2 when absent).
/// </summary>
public sealed class KilledServerTests(MongoDatabase database) : IClassFixture<MongoDatabase>
{
    [Fact]
    public async Task After_kill_9_every_bundle_is_whole_or_absent_and_everything_answered_is_there()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var opened = await MongoStoreUnderTest.OpenAsync(database, TimeProvider.System);
        var kills = int.TryParse(Environment.GetEnvironmentVariable("CPIS_KILLS"), out var wanted) ? wanted : 2;
        var told = new List<string>();
        for (var kill = 0; kill < kills; kill++)
        {
            told.AddRange(
                await ChildProcess.RunAndKillAsync(
                    bundles: 1 + kill % 3,
                    accesses: 40 + kill * 37,
                    cancellation,
                    KilledProcess.MongoVerb,
                    database.Engine.ConnectionString,
                    database.Name
                )
            );
            var accesses = await WorkloadCheck.RunAsync(opened.Store, told, cancellation);
            var open = await opened.Store.ReadOpenObligationsAsync(Make.Herts, cancellation);
            open.Count.Should().Be(accesses.Count, "an obligation is in the same document as what caused it");
        }
    }
}
