using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

public sealed class ReadPoolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_searches_take_long_a_look_up_reads_at_once()
    {
        await using var opened = await SqliteStoreUnderTest.OpenAsync(TimeProvider.System);
        await using var pool = new ReadPool(Path.Combine(opened.Options.Directory, "cpis.db"), 4);
        using var gate = new ManualResetEventSlim();
        var searches = new List<Task<int>>();
        for (var i = 0; i < 6; i++)
            searches.Add(await BeginAsync(pool, gate));

        var reads = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => pool.ReadAsync(_ => 1, Cancellation)));
        await Eventually.EndsAsync(reads);
        searches.Should().OnlyContain(search => !search.IsCompleted);
        gate.Set();

        (await Task.WhenAll(searches)).Should().HaveCount(6);
    }

    /// <summary>Returns when the search has its connection, or waits for one.</summary>
    private static async Task<Task<int>> BeginAsync(ReadPool pool, ManualResetEventSlim gate)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var search = Task
            .Factory.StartNew(
                () =>
                {
                    var running = pool.SearchAsync(
                        _ =>
                        {
                            begun.TrySetResult();
                            gate.Wait(Cancellation);
                            return 1;
                        },
                        Eventually.Patience,
                        TimeProvider.System,
                        Cancellation
                    );
                    begun.TrySetResult();
                    return running;
                },
                Cancellation,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            )
            .Unwrap();
        await begun.Task;
        return search;
    }
}
