using System.Threading.Channels;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>
/// Copies one store into another, empty one: section by section, in batches, each with a bookmark in the target, so that a
/// copy that was ended anywhere continues where it was. At the end both stores are read once more and compared; only then
/// does the target lose its mark.
/// </summary>
/// <param name="source">What to read. No server works on it.</param>
/// <param name="target">What to fill.</param>
/// <param name="time">The clock by which answers and one-time values expire.</param>
public sealed class StoreCopy(ITransferSource source, ITransferTarget target, TimeProvider time)
{
    /// <summary>Batches that may wait between reading and writing.</summary>
    private const int BatchesAhead = 2;

    /// <summary>
    /// What expires within this time is not compared: while one store is read, the other may be removing it. Longer than the
    /// two sections that expire take to read.
    /// </summary>
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromMinutes(1);

    /// <summary>Copies what is not copied yet, and verifies all of it.</summary>
    /// <param name="progress">
    /// Told at the beginning of each section and after each batch; from several threads while both stores are compared.
    /// </param>
    /// <param name="cancellation">Stops after the batch in progress; the same copy then goes on when it is run again.</param>
    /// <exception cref="StoreUnavailableException">A store did not answer; run it again.</exception>
    public async Task<CopyOutcome> RunAsync(IProgress<TransferProgress> progress, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var counts = new Dictionary<TransferSection, long>();
        foreach (var section in TransferSections.All)
            counts[section] = await source.CountAsync(section, now, cancellation).ConfigureAwait(false);
        var fingerprint = await SourceFingerprint.OfAsync(source, counts, now, cancellation).ConfigureAwait(false);
        var begin = await target
            .BeginAsync(new TransferStart(fingerprint, source.Description, now), cancellation)
            .ConfigureAwait(false);
        if (begin.Answer is TransferAnswer.NotEmpty or TransferAnswer.AnotherCopy)
            return new CopyOutcome(begin, []);

        var read = new Dictionary<TransferSection, SectionSum>();
        foreach (var section in TransferSections.All)
        {
            var bookmark = begin.Bookmarks.GetValueOrDefault(section) ?? TransferBookmark.Start;
            read[section] = bookmark.Read;
            if (bookmark.IsWhole)
                continue;
            var told = new Told(progress, TransferPhase.Copying, section, counts[section], bookmark.Read.Count);
            told.More(0);
            read[section] = await CopyAsync(section, bookmark, now, told, cancellation).ConfigureAwait(false);
        }

        await target.FinishAsync(new Steps(progress), cancellation).ConfigureAwait(false);
        var outcome = new CopyOutcome(begin, await CompareAsync(read, progress, cancellation).ConfigureAwait(false));
        if (outcome.IsSound)
            await target.CompleteAsync(cancellation).ConfigureAwait(false);
        return outcome;
    }

    private async Task<SectionSum> CopyAsync(
        TransferSection section,
        TransferBookmark bookmark,
        DateTimeOffset now,
        Told told,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<(TransferBatch Batch, SectionSum Sum)>(BatchesAhead);
        var reading = Task.Run(() => ReadAsync(section, bookmark, now, batches.Writer, stop.Token), stop.Token);
        try
        {
            await foreach (var (batch, sum) in batches.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                bookmark = new TransferBookmark(batch.LastKey, sum, IsWhole: false);
                await target.WriteAsync(batch, section, bookmark, cancellation).ConfigureAwait(false);
                told.More(batch.Records.Count);
            }

            await reading.ConfigureAwait(false);
            bookmark = bookmark with { IsWhole = true };
            await target.WriteAsync(null, section, bookmark, cancellation).ConfigureAwait(false);
            return bookmark.Read;
        }
        finally
        {
            // Whoever reads must have ended before the source is used again or closed, and waits for room in the channel.
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(
        TransferSection section,
        TransferBookmark bookmark,
        DateTimeOffset now,
        ChannelWriter<(TransferBatch, SectionSum)> batches,
        CancellationToken cancellation
    )
    {
        try
        {
            var sum = bookmark.Read;
            await foreach (
                var batch in source.ReadAsync(section, bookmark.LastKey, now, cancellation).ConfigureAwait(false)
            )
            {
                sum = sum.With(batch.Records);
                await batches.WriteAsync((batch, sum), cancellation).ConfigureAwait(false);
            }

            batches.Complete();
        }
        catch (Exception failure)
        {
            batches.Complete(failure);
        }
    }

    private async Task<IReadOnlyList<SectionResult>> CompareAsync(
        Dictionary<TransferSection, SectionSum> read,
        IProgress<TransferProgress> progress,
        CancellationToken cancellation
    )
    {
        var results = new List<SectionResult>();
        foreach (var section in TransferSections.All)
        {
            var cutoff = time.GetUtcNow() + ExpiryMargin;
            var told = new Told(progress, TransferPhase.Verifying, section, 2 * read[section].Count, 0);
            told.More(0);
            var sums = await Task.WhenAll(
                    SumAsync(source, section, cutoff, told, cancellation),
                    SumAsync(target, section, cutoff, told, cancellation)
                )
                .ConfigureAwait(false);
            results.Add(new SectionResult(section, section.Expires() ? null : read[section], sums[0], sums[1]));
        }

        return results;
    }

    private static Task<SectionSum> SumAsync(
        ITransferSource store,
        TransferSection section,
        DateTimeOffset cutoff,
        Told told,
        CancellationToken cancellation
    ) =>
        Task.Run(
            async () =>
            {
                var sum = default(SectionSum);
                await foreach (var batch in store.ReadAsync(section, null, cutoff, cancellation).ConfigureAwait(false))
                {
                    sum = sum.With(batch.Records);
                    told.More(batch.Records.Count);
                }

                return sum;
            },
            cancellation
        );

    /// <summary>Counts for the progress of one section.</summary>
    private sealed class Told(
        IProgress<TransferProgress> progress,
        TransferPhase phase,
        TransferSection section,
        long total,
        long done
    )
    {
        private long _done = done;

        public void More(int records) =>
            progress.Report(new TransferProgress(phase, section, Interlocked.Add(ref _done, records), total));
    }

    private sealed class Steps(IProgress<TransferProgress> progress) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) =>
            progress.Report(new TransferProgress(TransferPhase.Finishing, null, value.Done, value.Total));
    }
}
