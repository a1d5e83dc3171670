namespace CpIs.Fhir.Core.Commits;

/// <summary>How a commit ended. An unknown outcome is an exception (<see cref="StoreUnavailableException"/>), never a guess.</summary>
public enum CommitOutcome
{
    /// <summary>Everything is durable.</summary>
    Committed,

    /// <summary>A version or an identity was not as expected; nothing was changed. Read again and retry.</summary>
    Conflict,

    /// <summary>
    /// An unexpired answer for the same client and request id is already stored, or the result of the same record of the same daily file;
    /// nothing was changed.
    /// </summary>
    AlreadyAnswered,
}
