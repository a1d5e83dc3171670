using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Does the records of one slice: judges them side by side, reads what is held of all of them at once, and has many commits on their way so
/// that the store can write them together. Records of one child or one plan are done in the order in which they were sent.
/// </summary>
internal sealed class SliceRun(TransactionUpload uploads, IRecordStore store, int processors)
{
    /// <summary>Commits under way at once: enough for a store that groups them, few enough for one that does not.</summary>
    private const int CommitsAtOnce = 64;

    /// <summary>Does them.</summary>
    /// <param name="file">Their file.</param>
    /// <param name="results">Under which what became of each is kept.</param>
    /// <param name="records">The records, each with its number in the file, from 0.</param>
    /// <param name="cancellation">Cuts it off between two records.</param>
    /// <returns>What became of each, in their order; null for one that has been done elsewhere.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer. Those with a result are done.</exception>
    public async Task<IReadOnlyList<RecordOutcome?>> RunAsync(
        DailyFile file,
        string results,
        IReadOnlyList<(int Number, DailyRecord Record)> records,
        CancellationToken cancellation
    )
    {
        var all = new RecordUpload[records.Count];
        await Parallel
            .ForAsync(
                0,
                all.Length,
                new ParallelOptions { MaxDegreeOfParallelism = processors, CancellationToken = cancellation },
                (i, _) =>
                {
                    all[i] = new RecordUpload(uploads, file, records[i].Record);
                    all[i].Judge();
                    return ValueTask.CompletedTask;
                }
            )
            .ConfigureAwait(false);
        var held = await UploadSnapshot
            .ReadAsync(store, OdsCode.Parse(file.Authority), [.. all.SelectMany(each => each.Entries)], cancellation)
            .ConfigureAwait(false);
        using var places = new SemaphoreSlim(CommitsAtOnce);
        var last = new Dictionary<string, Task>(StringComparer.Ordinal);
        var tasks = new Task<RecordOutcome?>[all.Length];
        for (var i = 0; i < all.Length; i++)
        {
            await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            var keys = all[i].Keys.Distinct(StringComparer.Ordinal).ToList();
            var before = keys.Select(key => last.GetValueOrDefault(key)).OfType<Task>().Distinct().ToList();
            tasks[i] = DoAsync(all[i], records[i].Number, before);
            foreach (var key in keys)
                last[key] = tasks[i];
        }

        return await Task.WhenAll(tasks).ConfigureAwait(false);

        async Task<RecordOutcome?> DoAsync(RecordUpload record, int number, List<Task> before)
        {
            try
            {
                // Off this thread, which has the next record to start.
                await Task.Yield();
                await Task.WhenAll(before).ConfigureAwait(false);
                var isDone = false;
                var outcome = await record
                    .CommitAsync(
                        before.Count == 0 ? held : null,
                        async (commit, told) =>
                        {
                            var done = await store
                                .CommitAsync(
                                    commit with
                                    {
                                        Result = new RecordResult(results, number, DailyFileJson.Write(told)),
                                    },
                                    cancellation
                                )
                                .ConfigureAwait(false);
                            isDone = done == CommitOutcome.Committed;
                            return done;
                        },
                        cancellation
                    )
                    .ConfigureAwait(false);
                return isDone ? outcome : null;
            }
            finally
            {
                places.Release();
            }
        }
    }
}
