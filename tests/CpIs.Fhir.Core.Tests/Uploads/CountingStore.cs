using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>The real store, watched: it counts reads and lets another writer in just before a read or a commit.</summary>
public sealed class CountingStore(IRecordStore inner) : IRecordStore
{
    public int Reads { get; private set; }

    public int Commits { get; private set; }

    /// <summary>The authorities whose records of a child were asked for.</summary>
    public HashSet<string> Owners { get; } = [];

    /// <summary>Done before the read of that number (from 1).</summary>
    public Func<int, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

    /// <summary>Done before the commit of that number (from 1).</summary>
    public Func<int, Task> BeforeCommit { get; set; } = _ => Task.CompletedTask;

    public Task<StoredResource?> ReadAsync(RecordType type, string id, int? version, CancellationToken cancellation) =>
        Count(() => inner.ReadAsync(type, id, version, cancellation));

    public Task<IReadOnlyDictionary<string, StoredResource>> ReadByIdentityAsync(
        RecordType type,
        IReadOnlyCollection<string> identities,
        CancellationToken cancellation
    ) => Count(() => inner.ReadByIdentityAsync(type, identities, cancellation));

    public Task<IReadOnlyList<StoredResource>> ReadChildAsync(NhsNumber child, CancellationToken cancellation) =>
        Count(() => inner.ReadChildAsync(child, cancellation));

    public Task<IReadOnlyList<StoredResource>> ReadOwnAsync(
        OdsCode authority,
        IReadOnlyCollection<NhsNumber> children,
        CancellationToken cancellation
    )
    {
        Owners.Add(authority.Value);
        return Count(() => inner.ReadOwnAsync(authority, children, cancellation));
    }

    public Task<IReadOnlyList<StoredResource>> ReadPatientsAsync(
        OdsCode authority,
        string? after,
        int limit,
        CancellationToken cancellation
    )
    {
        Owners.Add(authority.Value);
        return Count(() => inner.ReadPatientsAsync(authority, after, limit, cancellation));
    }

    public Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken cancellation) =>
        Count(() => inner.SearchAsync(query, cancellation));

    public Task<IdempotentAnswer?> ReadAnswerAsync(string clientId, string requestId, CancellationToken cancellation) =>
        Count(() => inner.ReadAnswerAsync(clientId, requestId, cancellation));

    public async Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellation)
    {
        await BeforeCommit(++Commits);
        return await inner.CommitAsync(commit, cancellation);
    }

    private async Task<T> Count<T>(Func<Task<T>> read)
    {
        await BeforeRead(++Reads);
        return await read();
    }
}
