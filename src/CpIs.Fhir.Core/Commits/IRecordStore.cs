using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// Stored resources and their commits. Every method throws <see cref="StoreUnavailableException"/> when the store cannot
/// answer; none returns something empty instead. Every store passes the contract suite of <c>tests/CpIs.Fhir.Storage.Tests</c>.
/// </summary>
public interface IRecordStore
{
    /// <summary>One resource: the current version, or the one asked for. Null when there is none.</summary>
    Task<StoredResource?> ReadAsync(RecordType type, string id, int? version, CancellationToken cancellation);

    /// <summary>
    /// Current resources of one type by <see cref="StoredResource.Identity"/>, in one read; identities that nobody has are
    /// absent from the answer.
    /// </summary>
    Task<IReadOnlyDictionary<string, StoredResource>> ReadByIdentityAsync(
        RecordType type,
        IReadOnlyCollection<string> identities,
        CancellationToken cancellation
    );

    /// <summary>
    /// Everything held of one child by every authority (current Patients, EpisodesOfCare, Flags), and the mark of a number that is not in use, in one
    /// indexed read.
    /// </summary>
    Task<IReadOnlyList<StoredResource>> ReadChildAsync(NhsNumber child, CancellationToken cancellation);

    /// <summary>One authority's current Patients and EpisodesOfCare of these children, in one read; nothing of another authority's.</summary>
    Task<IReadOnlyList<StoredResource>> ReadOwnAsync(
        OdsCode authority,
        IReadOnlyCollection<NhsNumber> children,
        CancellationToken cancellation
    );

    /// <summary>
    /// One authority's current Patients in the order of their ids, which no write changes: whoever reads on from the last one misses none that was
    /// there, and sees none twice.
    /// </summary>
    /// <param name="authority">Whose.</param>
    /// <param name="after">Id of the last one read; null to begin.</param>
    /// <param name="limit">Most of them, 1 to 1,000; fewer means that these are the last.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    Task<IReadOnlyList<StoredResource>> ReadPatientsAsync(
        OdsCode authority,
        string? after,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>A page of current resources, without those that were deleted.</summary>
    Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken cancellation);

    /// <summary>The unexpired answer kept for a request id of a client, or null.</summary>
    Task<IdempotentAnswer?> ReadAnswerAsync(string clientId, string requestId, CancellationToken cancellation);

    /// <summary>All or nothing, durable before it returns.</summary>
    Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellation);
}
