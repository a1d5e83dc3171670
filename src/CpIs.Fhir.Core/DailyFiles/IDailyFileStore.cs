using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Keeps daily files until their records are done, and the results for 30 days. Who works on which file, and in which order, is decided
/// in Core; a store keeps what was decided. What became of a record is written with the record itself (<see cref="Commit.Result"/>).
/// Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does; every write may be repeated.
/// </summary>
public interface IDailyFileStore
{
    /// <summary>Adds a file unless there is one of its id.</summary>
    /// <returns>The one that is there now.</returns>
    Task<DailyFile> OpenFileAsync(DailyFile file, CancellationToken cancellation);

    /// <summary>The file of that id, or null.</summary>
    Task<DailyFile?> ReadFileAsync(string id, CancellationToken cancellation);

    /// <summary>Replaces a file.</summary>
    /// <param name="file">With the next <see cref="DailyFile.Revision"/>.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>False where what is there is not of the revision before: nothing was changed. Read again.</returns>
    Task<bool> ReplaceFileAsync(DailyFile file, CancellationToken cancellation);

    /// <summary>Removes a file with its slices; it has no results.</summary>
    /// <returns>False where what is there is of another revision.</returns>
    Task<bool> DropFileAsync(DailyFile file, CancellationToken cancellation);

    /// <summary>Every file that waits or is worked on (<see cref="DailyFileState.Waiting"/>).</summary>
    Task<IReadOnlyList<DailyFile>> ReadWaitingFilesAsync(CancellationToken cancellation);

    /// <summary>The files of one authority, the latest first.</summary>
    Task<IReadOnlyList<DailyFile>> ReadFilesAsync(OdsCode authority, int limit, CancellationToken cancellation);

    /// <summary>Keeps a slice of records, in the place of any of the same number.</summary>
    Task PutSliceAsync(
        string fileId,
        string batch,
        int number,
        ReadOnlyMemory<byte> records,
        CancellationToken cancellation
    );

    /// <summary>A slice, or null.</summary>
    Task<ReadOnlyMemory<byte>?> ReadSliceAsync(string fileId, string batch, int number, CancellationToken cancellation);

    /// <summary>Removes all slices of a file.</summary>
    Task RemoveSlicesAsync(string fileId, CancellationToken cancellation);

    /// <summary>Results of a file in the order of its records.</summary>
    /// <param name="fileId">The file.</param>
    /// <param name="from">The first record, from 0.</param>
    /// <param name="count">How many records on from there are looked at; some may have no result yet.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    Task<IReadOnlyList<RecordResult>> ReadResultsAsync(
        string fileId,
        int from,
        int count,
        CancellationToken cancellation
    );

    /// <summary>Removes files that began to arrive before, with slices and results, but none that waits.</summary>
    /// <returns>How many files; fewer than <paramref name="limit"/> means none is left.</returns>
    Task<int> RemoveFilesAsync(DateTimeOffset before, int limit, CancellationToken cancellation);
}
