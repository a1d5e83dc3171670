using System.Collections.Concurrent;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// A store that takes everything and keeps nothing: what is committed to it is seen by whoever reads on, and by nobody else. So a dry run
/// goes the way of a real one, and the second record of a child is judged as after the first.
/// </summary>
internal sealed class DryRun(IRecordStore store) : IRecordStore
{
    private readonly ConcurrentDictionary<(RecordType Type, string Id), StoredResource> _written = new();
    private readonly Lock _gate = new();

    public async Task<StoredResource?> ReadAsync(
        RecordType type,
        string id,
        int? version,
        CancellationToken cancellation
    ) =>
        version is null && _written.TryGetValue((type, id), out var written)
            ? written
            : await store.ReadAsync(type, id, version, cancellation).ConfigureAwait(false);

    public async Task<IReadOnlyDictionary<string, StoredResource>> ReadByIdentityAsync(
        RecordType type,
        IReadOnlyCollection<string> identities,
        CancellationToken cancellation
    )
    {
        var there = await store.ReadByIdentityAsync(type, identities, cancellation).ConfigureAwait(false);
        if (_written.IsEmpty)
            return there;
        var found = new Dictionary<string, StoredResource>(StringComparer.Ordinal);
        foreach (var (identity, resource) in there)
            if (Now(resource) is var now && now.Identity == identity)
                found[identity] = now;
        foreach (var written in _written.Values)
            if (written.Type == type && written.Identity is { } identity && identities.Contains(identity))
                found[identity] = written;
        return found;
    }

    public async Task<IReadOnlyList<StoredResource>> ReadChildAsync(NhsNumber child, CancellationToken cancellation) =>
        With(await store.ReadChildAsync(child, cancellation).ConfigureAwait(false), written => written.Child == child);

    public async Task<IReadOnlyList<StoredResource>> ReadOwnAsync(
        OdsCode authority,
        IReadOnlyCollection<NhsNumber> children,
        CancellationToken cancellation
    ) =>
        With(
            await store.ReadOwnAsync(authority, children, cancellation).ConfigureAwait(false),
            written =>
                written.Type is RecordType.Patient or RecordType.EpisodeOfCare
                && written.Child is { } child
                && children.Contains(child)
        );

    public async Task<IReadOnlyList<StoredResource>> ReadPatientsAsync(
        OdsCode authority,
        string? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var there = await store.ReadPatientsAsync(authority, after, limit, cancellation).ConfigureAwait(false);
        var all = With(
            there,
            written =>
                written.Type == RecordType.Patient
                && written.Authority == authority
                && string.CompareOrdinal(written.Id, after) > 0
        );
        return [.. all.OrderBy(patient => patient.Id, StringComparer.Ordinal).Take(limit)];
    }

    public async Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var page = await store.SearchAsync(query, cancellation).ConfigureAwait(false);
        return page with
        {
            Items = With(
                page.Items,
                written =>
                    written.Type == query.Type
                    && query.Conditions.All(condition =>
                        condition is Condition.AnyToken tokens && written.Tokens.Intersect(tokens.Tokens).Any()
                    )
            ),
        };
    }

    public Task<IdempotentAnswer?> ReadAnswerAsync(string clientId, string requestId, CancellationToken cancellation) =>
        Task.FromResult<IdempotentAnswer?>(null);

    public Task<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(commit);
        lock (_gate)
        {
            foreach (var change in commit.Changes)
                _written[(change.Resource.Type, change.Resource.Id)] = change.Resource;
            foreach (var confirmation in commit.Confirmations)
                _written[(confirmation.Resource.Type, confirmation.Resource.Id)] = confirmation.Resource;
        }

        return Task.FromResult(CommitOutcome.Committed);
    }

    private StoredResource Now(StoredResource there) => _written.GetValueOrDefault((there.Type, there.Id)) ?? there;

    private List<StoredResource> With(IEnumerable<StoredResource> there, Func<StoredResource, bool> isFound)
    {
        var found = there.Select(Now).ToList();
        var ids = found.Select(resource => (resource.Type, resource.Id)).ToHashSet();
        found.AddRange(
            _written.Where(written => !ids.Contains(written.Key)).Select(written => written.Value).Where(isFound)
        );
        return found;
    }
}
