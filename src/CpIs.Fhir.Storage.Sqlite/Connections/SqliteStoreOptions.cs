using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Storage.Sqlite.Connections;

/// <summary>How the embedded store runs. The defaults are right for one server of one exchange.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>
    /// The data directory. It is made (0700) when it does not exist, and belongs to one process at a time. Holds
    /// <c>cpis.db</c>, its write-ahead log and <c>cpis.lock</c>. Default <c>./data</c>.
    /// </summary>
    public string Directory { get; init; } = "./data";

    /// <summary>
    /// How what could name a child or a person is written: as it is, or sealed. A file is opened with the protection that it
    /// was made with and no other. Default <see cref="RecordProtection.Readable"/>.
    /// </summary>
    public RecordProtection Protection { get; init; } = RecordProtection.Readable;

    /// <summary>
    /// How long a write may wait to become durable before its waiter is told that the store is unavailable. Default 3 s:
    /// a clinician is told "could not check" rather than kept waiting.
    /// </summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a search may run before it is interrupted. Default 5 s.</summary>
    public TimeSpan SearchTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Writes that may wait; one more is refused at once, as it could not be durable in time. Default 10,000, about what
    /// is written within <see cref="WriteTimeout"/>.
    /// </summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>Most writes that share one fdatasync. Default 512.</summary>
    public int GroupLimit { get; init; } = 512;

    /// <summary>
    /// A commit of more changes than this is large: at most one of them is in a group, so that look-ups do not wait behind
    /// several uploads. Default 8.
    /// </summary>
    public int LargeCommit { get; init; } = 8;

    /// <summary>Most reads at the same time; each has its own connection, opened when first needed. Default 8.</summary>
    public int ReadConnections { get; init; } = 8;

    /// <summary>
    /// Pages (of 4 KiB) written to the log after which they are copied into the file by another thread. Default 2,000.
    /// </summary>
    public int CheckpointPages { get; init; } = 2_000;

    /// <summary>
    /// Pages written to the log after which the writer itself finishes the copying, so that the log starts again and stays
    /// near this size under endless load. Default 16,000 (64 MB).
    /// </summary>
    public int LogLimitPages { get; init; } = 16_000;

    /// <summary>
    /// Free bytes on the disk below which the store says that it cannot write, so that a server leaves the rotation and its
    /// operator is called before the last byte; what still comes is still written. Default 100 MB; 0 asks nothing.
    /// </summary>
    public long MinimumFreeBytes { get; init; } = 100_000_000;

    /// <summary>
    /// A file, best on another disk, that says which event numbers were given (<see cref="Core.Restores.RestoreMark"/>): a copy that knows of less is
    /// not opened. Null, the default, for none.
    /// </summary>
    public string? RestoreMark { get; init; }

    /// <summary>Refuses values with which the store cannot run.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Directory);
        ArgumentNullException.ThrowIfNull(Protection);
        if (RestoreMark is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(RestoreMark);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WriteTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SearchTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(GroupLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargeCommit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointPages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LogLimitPages, CheckpointPages);
        ArgumentOutOfRangeException.ThrowIfNegative(MinimumFreeBytes);
    }
}
