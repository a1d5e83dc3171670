using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>A page of the notices of one authority, oldest first.</summary>
/// <param name="Authority">Whose.</param>
/// <param name="States">Which of them; <see cref="NoticeState.Untold"/> alone is read from an index of its own.</param>
/// <param name="Since">Those of look-ups at or after this time; null for all.</param>
/// <param name="After">Where the page before ended.</param>
/// <param name="Count">Most on the page, 1 to 100.</param>
public sealed record NoticeQuery(
    OdsCode Authority,
    IReadOnlyList<NoticeState> States,
    DateTimeOffset? Since,
    PagePosition? After,
    int Count
)
{
    /// <summary>True when only those are asked for of which nobody has been told.</summary>
    public bool IsOpenOnly => States is [NoticeState.Untold];
}
