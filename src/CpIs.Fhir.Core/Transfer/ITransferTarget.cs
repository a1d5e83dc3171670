namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// A store that is filled from empty. From <see cref="BeginAsync"/> until <see cref="CompleteAsync"/> it carries the mark of
/// an unfinished copy, with which it does not open for a server. It reads back what it holds as a source does, once
/// <see cref="FinishAsync"/> has ended.
/// </summary>
public interface ITransferTarget : ITransferSource
{
    /// <summary>Begins in an empty store, or goes on with what was begun.</summary>
    /// <param name="copy">The copy. One with another fingerprint is another's.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    Task<TransferBegin> BeginAsync(TransferStart copy, CancellationToken cancellation);

    /// <summary>
    /// Writes a batch and its bookmark: durable together, or the bookmark last, so that after any end of the process the
    /// bookmark covers nothing that is not there. A batch that is written again changes nothing.
    /// </summary>
    /// <param name="batch">What to write; null when only the bookmark moves (the section has ended).</param>
    /// <param name="section">The section.</param>
    /// <param name="bookmark">What is true once the batch is there.</param>
    /// <param name="cancellation">Cancels the wait; the batch may be there or not.</param>
    /// <exception cref="StoreUnavailableException">It was not written, or nothing is known of it.</exception>
    Task WriteAsync(
        TransferBatch? batch,
        TransferSection section,
        TransferBookmark bookmark,
        CancellationToken cancellation
    );

    /// <summary>
    /// Makes what a server expects next to the records (indexes, marks), once every section is whole. Ended anywhere, it goes
    /// on when it is called again.
    /// </summary>
    /// <param name="progress">Told of steps done and steps in all.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer, or what was copied contradicts itself.</exception>
    Task FinishAsync(IProgress<(int Done, int Total)> progress, CancellationToken cancellation);

    /// <summary>Takes the mark away: from here on the store is a store like any other.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the mark may be there or not.</exception>
    Task CompleteAsync(CancellationToken cancellation);
}
