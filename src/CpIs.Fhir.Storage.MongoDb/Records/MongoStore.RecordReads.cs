using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.MongoDb.LookUps;
using CpIs.Fhir.Storage.MongoDb.Records;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public async Task<StoredResource?> ReadAsync(
        RecordType type,
        string id,
        int? version,
        CancellationToken cancellation
    )
    {
        var key = ResourceDocument.IdOf(type, id);
        var current = await FirstAsync(_collections.Resources, new BsonDocument("_id", key), cancellation);
        if (current is null)
            return null;
        if (version is { } wanted && current["v"].AsInt32 != wanted)
            current = await FirstAsync(
                _collections.Versions,
                new BsonDocument { { "r", key }, { "v", wanted } },
                cancellation
            );
        return current is null ? null : ResourceDocument.Read(current, _protection);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<string, StoredResource>> ReadByIdentityAsync(
        RecordType type,
        IReadOnlyCollection<string> identities,
        CancellationToken cancellation
    )
    {
        var found = new Dictionary<string, StoredResource>(identities.Count, StringComparer.Ordinal);
        if (identities.Count == 0)
            return found;
        var filter = new BsonDocument
        {
            { "i", new BsonDocument("$in", new BsonArray(identities.Distinct().Select(_protection.IdentityKey))) },
            { "y", (int)type },
        };
        foreach (var document in await AllAsync(_collections.Resources, filter, cancellation))
        {
            var resource = ResourceDocument.Read(document, _protection);
            found[resource.Identity!] = resource;
        }

        return found;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredResource>> ReadChildAsync(NhsNumber child, CancellationToken cancellation)
    {
        var read = LookUpReads.Child(_collections.Resources, _protection.ChildKey(child), _options.ReadTimeout);
        var held = new List<StoredResource>();
        foreach (var document in await _calls.ReadAsync(late => read.ToListAsync(late), cancellation))
            // Compared, because two children may be found by the same key.
            if (ResourceDocument.Read(document, _protection) is var resource && resource.Child == child)
                held.Add(resource);
        held.Sort((a, b) => a.Type.CompareTo(b.Type));
        return held;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredResource>> ReadOwnAsync(
        OdsCode authority,
        IReadOnlyCollection<NhsNumber> children,
        CancellationToken cancellation
    )
    {
        var wanted = children.ToHashSet();
        if (wanted.Count == 0)
            return [];
        var filter = new BsonDocument
        {
            { "c", new BsonDocument("$in", new BsonArray(wanted.Select(_protection.ChildKey))) },
            { "y", new BsonDocument("$in", new BsonArray { (int)RecordType.Patient, (int)RecordType.EpisodeOfCare }) },
            { "a", authority.Value },
        };
        return
        [
            .. (await AllAsync(_collections.Resources, filter, cancellation))
                .Select(document => ResourceDocument.Read(document, _protection))
                .Where(own => own.Child is { } child && wanted.Contains(child)),
        ];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredResource>> ReadPatientsAsync(
        OdsCode authority,
        string? after,
        int limit,
        CancellationToken cancellation
    )
    {
        // The ids of all Patients lie together: their type comes first in them.
        var (first, beyond) = (ResourceDocument.IdOf(RecordType.Patient, after ?? ""), $"{(int)RecordType.Patient}0");
        var filter = new BsonDocument
        {
            { "a", authority.Value },
            {
                "_id",
                new BsonDocument { { "$gt", first }, { "$lt", beyond } }
            },
        };
        var found = await _calls.ReadAsync(
            late =>
                _collections
                    .Resources.Find(filter, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Sort(new BsonDocument("_id", 1))
                    .Limit(limit)
                    .ToListAsync(late),
            cancellation
        );
        return [.. found.Select(document => ResourceDocument.Read(document, _protection))];
    }

    /// <inheritdoc />
    public async Task<Page<StoredResource>> SearchAsync(RecordQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = SearchFilter.Of(
            query,
            _protection,
            query.Authority is { } authority ? [authority.Value] : await ReadOwnersAsync(query.Type, cancellation)
        );
        var ascending = query.Order == RecordOrder.OldestFirst;
        var behind = query.After is { } after
            ? SearchFilter.Behind("u", after, ResourceDocument.IdOf(query.Type, after.Id), ascending)
            : null;
        return await PageAsync(
            _collections.Resources,
            new PageRequest(filter, behind, "u", ascending, query.Count),
            document => ResourceDocument.Read(document, _protection),
            last => new PagePosition(last.LastUpdated, last.Id),
            cancellation
        );
    }

    /// <inheritdoc />
    public async Task<IdempotentAnswer?> ReadAnswerAsync(
        string clientId,
        string requestId,
        CancellationToken cancellation
    )
    {
        var filter = new BsonDocument
        {
            { "_id", AnswerDocument.IdOf(clientId, requestId) },
            { "exp", new BsonDocument("$gt", Now) },
        };
        return await FirstAsync(_collections.Answers, filter, cancellation) is { } document
            ? AnswerDocument.Read(document, clientId, requestId, _protection)
            : null;
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private async Task<IReadOnlyList<string>> ReadOwnersAsync(RecordType type, CancellationToken cancellation) =>
        [
            .. (await AllAsync(_collections.Owners, new BsonDocument("y", (int)type), cancellation)).Select(owner =>
                owner["a"].AsString
            ),
        ];

    private Task<BsonDocument?> FirstAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument filter,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync<BsonDocument?>(
            async late =>
                await collection
                    .Find(filter, new FindOptions { MaxTime = _options.ReadTimeout })
                    .Limit(1)
                    .FirstOrDefaultAsync(late),
            cancellation
        );

    private Task<List<BsonDocument>> AllAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument filter,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync(
            late => collection.Find(filter, new FindOptions { MaxTime = _options.ReadTimeout }).ToListAsync(late),
            cancellation
        );

    private async Task<Page<T>> PageAsync<T>(
        IMongoCollection<BsonDocument> collection,
        PageRequest request,
        Func<BsonDocument, T> read,
        Func<T, PagePosition> position,
        CancellationToken cancellation
    )
    {
        // One more than asked for, which says whether there is a next page.
        var found =
            request.Count == 0
                ? []
                : await _calls.ReadAsync(
                    late =>
                        collection
                            .Find(request.Whole, new FindOptions { MaxTime = _options.ReadTimeout })
                            .Sort(request.Sort)
                            .Limit(request.Count + 1)
                            .ToListAsync(late),
                    cancellation
                );
        var total = request.IsAllOf(found.Count)
            ? found.Count
            : await _calls.ReadAsync(
                late =>
                    collection.CountDocumentsAsync(
                        request.Filter,
                        new CountOptions { MaxTime = _options.ReadTimeout },
                        late
                    ),
                cancellation
            );
        List<T> items = [.. found.Take(request.Count).Select(read)];
        return new Page<T>(items, total, found.Count > request.Count ? position(items[^1]) : null);
    }
}
