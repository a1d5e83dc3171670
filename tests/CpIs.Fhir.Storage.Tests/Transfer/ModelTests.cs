using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Core.Tests.Notifications.Simulation;
using CpIs.Fhir.Storage.Tests.Sqlite;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// The engine is simulated on a model of a store: what that proves holds for the stores as far as they do what the model does. SQLite is held against it
/// here, step by step, and MongoDB against SQLite where histories are copied (<see cref="CopyContract"/>).
/// </summary>
public sealed class ModelTests
{
    [Fact]
    public async Task A_store_answers_every_step_of_the_engine_as_the_model_does()
    {
        for (var seed = 1; seed <= Proof.Of(everyDay: 12, inFull: 200); seed++)
        {
            await using var opened = await SqliteStoreUnderTest.OpenAsync(TimeProvider.System);
            var model = OnlyPartOf.Of<IExchangeStore>(new ModelStore());
            var history = new RandomHistory(seed, TestContext.Current.CancellationToken);

            await history.RunAsync(150, opened.Store, model);

            (await history.ShowAsync(model)).Should().Be(await history.ShowAsync(opened.Store), $"seed {seed}");
        }
    }
}
