using CpIs.Fhir.Storage.Sqlite;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

/// <summary>
/// Holds the writer inside a job, so that what is given to it meanwhile must wait. The group that is held takes in what
/// arrived before it was let go: a queue is drained into the open group.
/// </summary>
internal sealed class WriterGate : IDisposable
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly ManualResetEventSlim _entered = new();

    public WriterGate(SqliteStore store, string sql = "SELECT 1")
    {
        Done = store.WriteAsync<bool>(
            connection =>
            {
                connection.Run(sql);
                _entered.Set();
                _gate.Wait();
                return true;
            },
            CancellationToken.None
        );
        _entered.Wait();
    }

    /// <summary>The held write.</summary>
    public Task Done { get; }

    public void Open() => _gate.Set();

    public void Dispose()
    {
        Open();
        // Faulted where a test let it be late; the test has looked at that itself.
        _ = Done.Exception;
    }
}
