using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Cli.Bench;

/// <summary>A store of which it is known that it holds nothing of what is to be written: it is not asked, only written to.</summary>
internal sealed class StoreKnownEmpty(IRecordStore store) : IRecordStore
{
    public Task<StoredResource?> ReadAsync(RecordType type, string id, int? version, CancellationToken cancellation) =>
        Task.FromResult<StoredResource?>(null);

    public Task<IReadOnlyDictionary<string, StoredResource>> ReadByIdentityAsync(
        RecordType type,
        IReadOnlyCollection<string> identities,
        CancellationToken cancellation
    ) =>
        Task.FromResult<IReadOnlyDictionary<string, StoredResource>>(
            new Dictionary<string, StoredResource>(StringComparer.Ordinal)
        );

    public Task<IReadOnlyList<StoredResource>> ReadChildAsync(NhsNumber child, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<StoredResource>>([]);

    public Task<IReadOnlyList<StoredResource>> ReadPatientsAsync(
        IReadOnlyCollection<NhsNumber> children,
        CancellationToken cancellation
    ) => Task.FromResult<IReadOnlyList<StoredResource>>([]);

    public Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken cancellation) =>
        Task.FromResult(new Page<StoredResource>([], 0, null));

    public Task<IdempotentAnswer?> ReadAnswerAsync(string clientId, string requestId, CancellationToken cancellation) =>
        Task.FromResult<IdempotentAnswer?>(null);

    /// <summary>The store's own commit: had it held one of these resources, it would say so.</summary>
    public Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellation) =>
        store.CommitAsync(commit, cancellation);
}
