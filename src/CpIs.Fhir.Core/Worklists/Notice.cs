namespace CpIs.Fhir.Core.Worklists;

/// <summary>One obligation as its authority sees it: of one access it is to be told.</summary>
/// <param name="OccurrenceId">The access; id of its AuditEvent.</param>
/// <param name="Time">When the child was looked up.</param>
/// <param name="Ended">When a channel that settles delivered it or a named person took it, whichever came first; null while nobody has been told.</param>
/// <param name="Taken">When a named person acknowledged it, or null.</param>
/// <param name="TakenBy">Id of the occurrence that says who did, or null.</param>
public sealed record Notice(
    string OccurrenceId,
    DateTimeOffset Time,
    DateTimeOffset? Ended,
    DateTimeOffset? Taken,
    string? TakenBy
)
{
    /// <summary>How far it has come.</summary>
    public NoticeState State =>
        Taken is not null ? NoticeState.Taken
        : Ended is not null ? NoticeState.Told
        : NoticeState.Untold;
}
