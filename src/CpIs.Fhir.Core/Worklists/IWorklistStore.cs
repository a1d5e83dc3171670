using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>
/// What authorities have not been told of and have not taken. Taking is part of a commit (<see cref="Commit.Taken"/>).
/// Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.
/// </summary>
public interface IWorklistStore
{
    /// <summary>Every authority of which something is untold, subscribed or not, in any order.</summary>
    Task<IReadOnlyList<UntoldNotices>> ReadUntoldAsync(CancellationToken cancellation);

    /// <summary>A page of notices by time, then id. Its total is null where it is not counted.</summary>
    Task<NoticePage> ReadNoticesAsync(NoticeQuery query, CancellationToken cancellation);

    /// <summary>The authority's notices of these accesses, in any order; what is none of its is left out.</summary>
    Task<IReadOnlyList<Notice>> FindNoticesAsync(
        OdsCode authority,
        IReadOnlyList<string> occurrences,
        CancellationToken cancellation
    );
}

/// <summary>One page of notices.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
public sealed record NoticePage(IReadOnlyList<Notice> Items, PagePosition? Next)
{
    /// <summary>The page of what was read, one more than asked for where there is more.</summary>
    public static NoticePage Of(List<Notice> read, int count)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (read.Count <= count)
            return new NoticePage(read, null);
        read.RemoveRange(count, read.Count - count);
        return new NoticePage(read, new PagePosition(read[^1].Time, read[^1].OccurrenceId));
    }
}
