using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>
/// What authorities have not been told of and have not taken. Taking is part of a commit (<see cref="Commit.Taken"/>).
/// Throws <see cref="StoreUnavailableException"/> as <see cref="IRecordStore"/> does.
/// </summary>
public interface IWorklistStore
{
    /// <summary>Every authority of which something is untold, subscribed or not, in any order.</summary>
    Task<IReadOnlyList<UntoldNotices>> ReadUntoldAsync(CancellationToken cancellation);

    /// <summary>A page of notices by time, then id.</summary>
    Task<NoticePage> ReadNoticesAsync(NoticeQuery query, CancellationToken cancellation);

    /// <summary>The authority's notices of these accesses, in any order; what is none of its is left out.</summary>
    Task<IReadOnlyList<Notice>> FindNoticesAsync(
        OdsCode authority,
        IReadOnlyList<string> occurrences,
        CancellationToken cancellation
    );
}
