using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Worklists;

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
