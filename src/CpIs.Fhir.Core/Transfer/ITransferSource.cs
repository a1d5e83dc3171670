namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// A store that is read from its first record to its last. No server may work on it meanwhile; nothing is written to it.
/// </summary>
public interface ITransferSource : IAsyncDisposable
{
    /// <summary>Which store, for people. Holds no secret.</summary>
    string Description { get; }

    /// <summary>
    /// Tells this source from others that hold as much: the kind of store, or what a made-up one was made from. The keys of
    /// two sources of one identity are of one form.
    /// </summary>
    string Identity { get; }

    /// <summary>How many records a section has.</summary>
    /// <param name="section">Which.</param>
    /// <param name="unexpiredAt">In sections that expire, only what expires after this.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    Task<long> CountAsync(TransferSection section, DateTimeOffset unexpiredAt, CancellationToken cancellation);

    /// <summary>
    /// A section from its first record, or after a key that was given before, to its last: each record once, in an order
    /// that stays the same as long as the store does.
    /// </summary>
    /// <param name="section">Which.</param>
    /// <param name="after">A <see cref="TransferBatch.LastKey"/> of this store, or null for the beginning.</param>
    /// <param name="unexpiredAt">In sections that expire, only what expires after this.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer, or holds what cannot be read.</exception>
    IAsyncEnumerable<TransferBatch> ReadAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        CancellationToken cancellation
    );
}
