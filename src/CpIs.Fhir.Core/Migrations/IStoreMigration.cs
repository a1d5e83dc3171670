namespace CpIs.Fhir.Core.Migrations;

/// <summary>
/// Tells how far the schema of a store is behind, and brings it forward. There is no way back: what was written by a newer
/// version is refused.
/// </summary>
public interface IStoreMigration : IAsyncDisposable
{
    /// <summary>Which store, for people. Holds no secret.</summary>
    string Description { get; }

    /// <summary>How the store stands. Changes nothing, and may be asked while servers run.</summary>
    /// <exception cref="StoreUnavailableException">There is no store, or it did not answer.</exception>
    Task<StoreStanding> ReadAsync(CancellationToken cancellation);

    /// <summary>Runs what is pending, in order. Ended anywhere, it goes on when it is called again.</summary>
    /// <param name="progress">Told at the beginning of each migration and as it goes on.</param>
    /// <param name="cancellation">Stops as soon as it can without loss.</param>
    /// <exception cref="StoreUnavailableException">
    /// The store did not answer, is of a newer version or an unfinished copy; the message says what to do.
    /// </exception>
    Task RunAsync(IProgress<MigrationProgress> progress, CancellationToken cancellation);
}
