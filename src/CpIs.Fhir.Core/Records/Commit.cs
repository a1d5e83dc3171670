using CpIs.Fhir.Core.LookUps;

namespace CpIs.Fhir.Core.Records;

/// <summary>
/// A set of changes that become visible together or not at all, with what must share that commit: the write's audit
/// (<see cref="Occurrence"/>) and the idempotency result. Also across kill -9 (promise 7).
/// </summary>
public sealed record Commit
{
    /// <summary>New versions of resources, each with its precondition. No resource appears twice.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>Records whose newer stamp is kept without a new version. None of them is in <see cref="Changes"/>.</summary>
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

    /// <summary>The answer to keep for a repeat of the same request.</summary>
    public IdempotentAnswer? Answer { get; init; }

    /// <summary>No resource may stand in a commit twice, in whatever way.</summary>
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

/// <summary>One new version of one resource.</summary>
/// <param name="Resource">What to store; its version is <paramref name="ExpectedVersion"/> + 1.</param>
/// <param name="ExpectedVersion">The version that must be current; 0 when no resource of that id, and none of the same type and identity, may exist.</param>
public sealed record Change(StoredResource Resource, int ExpectedVersion)
{
    /// <summary>The stamp that the version to replace must have; null where it has none.</summary>
    public UploadStamp? ExpectedStamp { get; init; }
}

/// <summary>One record that is to be gone, with every version of it and its search values (retention).</summary>
/// <param name="Type">Patient, EpisodeOfCare or Flag.</param>
/// <param name="Id">Its id.</param>
/// <param name="ExpectedVersion">The version that must be current.</param>
/// <exception cref="ArgumentOutOfRangeException">
/// Another type: a Subscription owns the numbers of its events, which never begin anew (promise 4).
/// </exception>
public sealed record Removal(RecordType Type, string Id, int ExpectedVersion)
{
    /// <summary>Patient, EpisodeOfCare or Flag.</summary>
    public RecordType Type { get; } =
        Type is RecordType.Patient or RecordType.EpisodeOfCare or RecordType.Flag
            ? Type
            : throw new ArgumentOutOfRangeException(nameof(Type), Type, "Only records are removed.");
}

/// <summary>A registered organisation or client, kept as JSON by the directory.</summary>
/// <param name="Kind"><c>organisation</c> or <c>client</c>.</param>
/// <param name="Id">ODS code or client id, unique within the kind.</param>
/// <param name="Json">The registration, UTF-8 JSON.</param>
public sealed record Registration(string Kind, string Id, ReadOnlyMemory<byte> Json);

/// <summary>The first answer to a write, kept so that a repeat with the same X-Request-ID gets it again.</summary>
/// <param name="ClientId">Whose request.</param>
/// <param name="RequestId">X-Request-ID.</param>
/// <param name="BodyHash">SHA-256 of method, URL and body: another one under the same id is a conflict.</param>
/// <param name="Status">HTTP status of the first answer.</param>
/// <param name="Body">Body of the first answer.</param>
/// <param name="Location">Location header of the first answer, where it had one.</param>
/// <param name="Expires">When a repeat counts as new (24 h later).</param>
public sealed record IdempotentAnswer(
    string ClientId,
    string RequestId,
    ReadOnlyMemory<byte> BodyHash,
    int Status,
    ReadOnlyMemory<byte> Body,
    string? Location,
    DateTimeOffset Expires
);

/// <summary>How a commit ended. An unknown outcome is an exception (<see cref="StoreUnavailableException"/>), never a guess.</summary>
public enum CommitOutcome
{
    /// <summary>Everything is durable.</summary>
    Committed,

    /// <summary>A version or an identity was not as expected; nothing was changed. Read again and retry.</summary>
    Conflict,

    /// <summary>An unexpired answer for the same client and request id is already stored; nothing was changed.</summary>
    AlreadyAnswered,
}

/// <summary>The store did not answer in time or failed, so that nothing is known of the outcome: 503, never success.</summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>With the store's own words. They must hold no personal data.</summary>
    public StoreUnavailableException(string message, Exception? inner = null)
        : base(message, inner) { }
}
