using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// A set of changes that become visible together or not at all, with what must share that commit: the write's audit
/// (<see cref="Occurrence"/>) and the idempotency result. Also across kill -9 (promise 7).
/// </summary>
public sealed record Commit
{
    /// <summary>New versions of resources, each with its precondition. No resource appears twice.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>Records that must be as they were read, whose stamp is kept without a new version. None of them is in <see cref="Changes"/>.</summary>
    public IReadOnlyList<Confirmation> Confirmations { get; init; } = [];

    /// <summary>Resources that are removed for good, with all their versions. None of them is in <see cref="Changes"/>.</summary>
    public IReadOnlyList<Removal> Removals { get; init; } = [];

    /// <summary>Registrations of organisations and clients that change with it.</summary>
    public IReadOnlyList<Registration> Registrations { get; init; } = [];

    /// <summary>
    /// The stamp (<see cref="RegistrationSnapshot.Stamp"/>) that must still be current, so that a registration that was read,
    /// changed and written undoes nobody's change in between; null for no such precondition.
    /// </summary>
    public long? RegistrationStamp { get; init; }

    /// <summary>What happened, for the audit.</summary>
    public Occurrence? Occurrence { get; init; }

    /// <summary>Notices that a named person acknowledges.</summary>
    public NoticesTaken? Taken { get; init; }

    /// <summary>The answer to keep for a repeat of the same request.</summary>
    public IdempotentAnswer? Answer { get; init; }

    /// <summary>What became of a record of a daily file, which has no result yet.</summary>
    public RecordResult? Result { get; init; }

    /// <summary>No resource may be in a commit twice, in whatever way.</summary>
    /// <exception cref="ArgumentException">One does: a bug of the caller.</exception>
    public void CheckEachOnce()
    {
        var seen = new HashSet<(RecordType, string)>();
        foreach (
            var named in Changes
                .Select(c => (c.Resource.Type, c.Resource.Id))
                .Concat(Confirmations.Select(c => (c.Resource.Type, c.Resource.Id)))
                .Concat(Removals.Select(r => (r.Type, r.Id)))
        )
            if (!seen.Add(named))
                throw new ArgumentException("A commit holds no resource twice.");
    }
}
