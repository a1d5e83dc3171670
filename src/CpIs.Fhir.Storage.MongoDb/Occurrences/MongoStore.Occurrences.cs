using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.LookUps;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Records;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public Task RecordAsync(Occurrence occurrence, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(occurrence);
        var document = OccurrenceDocument.Write(occurrence, _protection);
        return _calls.WriteAsync(
            async (again, late) =>
                (!again && await _group.TryAddAsync(document, late)) || await InsertOnceAsync(document, late),
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<Occurrence>> ReadHistoryAsync(
        NhsNumber child,
        string sdsUserId,
        DateTimeOffset since,
        int count,
        DateTimeOffset attendedSince,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync<IReadOnlyList<Occurrence>>(
            async late =>
            {
                var accesses = new List<Occurrence>();
                var (inHistory, found) = (0, false);
                using var cursor = await LookUpReads
                    .History(_collections.Occurrences, _protection.ChildKey(child), count, _options.ReadTimeout)
                    .ToCursorAsync(late);
                while (await cursor.MoveNextAsync(late))
                    foreach (var document in cursor.Current)
                    {
                        DateTimeOffset time = document["t"].ToUniversalTime();
                        if (inHistory >= count && (found || time < since) && time < attendedSince)
                            return accesses;
                        var access = OccurrenceDocument.Read(document, _protection);
                        if (access.Child != child)
                            continue;
                        var own = access.InHistory && access.Person?.SdsUserId == sdsUserId;
                        var isShown = access.InHistory && (inHistory < count || (!found && time >= since && own));
                        if (!isShown && time < attendedSince)
                            continue;
                        accesses.Add(access);
                        inHistory += access.InHistory ? 1 : 0;
                        found |= own;
                    }

                return accesses;
            },
            cancellation
        );

    /// <inheritdoc />
    public async Task<Occurrence?> ReadOccurrenceAsync(string id, CancellationToken cancellation) =>
        await FirstAsync(_collections.Occurrences, new BsonDocument("_id", id), cancellation) is { } document
            ? OccurrenceDocument.Read(document, _protection)
            : null;

    /// <inheritdoc />
    public Task<Page<Occurrence>> SearchOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = new BsonDocument();
        if (query.Concerning is { } authority)
            filter.Add("w", authority.Value);
        if (query.Child is { } child)
            filter.Add("c", _protection.ChildKey(child));
        if (query.Kind is { } kind and not OccurrenceKind.Access)
            // Above zero: said, so that every engine sees that the partial index of the rarer kinds serves it.
            filter.Add("y", new BsonDocument { { "$eq", (int)kind }, { "$gt", 0 } });
        else if (query.Kind is not null)
            filter.Add("y", (int)OccurrenceKind.Access);
        // Where nothing else narrows the search, time does: an unbounded one would walk through the collection itself.
        var narrowed = query is not { Child: null, Concerning: null, Kind: null or OccurrenceKind.Access };
        filter.AddRange(
            SearchFilter.Within("t", narrowed ? query.From : query.From ?? DateTimeOffset.UnixEpoch, query.To)
        );
        if (query.Ids is { } ids)
            filter.Add("_id", new BsonDocument("$in", new BsonArray(ids)));
        if (query.Outside.Count > 0)
            filter.Add("$and", new BsonArray(query.Outside.Select(range => SearchFilter.Outside("t", range))));
        var ascending = query.Order == RecordOrder.OldestFirst;
        var behind = query.After is { } after ? SearchFilter.Behind("t", after, after.Id, ascending) : null;
        return PageAsync(
            _collections.Occurrences,
            new PageRequest(filter, behind, "t", ascending, query.Count),
            document => OccurrenceDocument.Read(document, _protection),
            last => new PagePosition(last.Time, last.Id),
            cancellation
        );
    }

    /// <summary>
    /// Adds an occurrence that may be there already: from a try of ours whose answer was lost, or from another who was given the
    /// same. Then it is not known whether a majority has it, and a write to the document itself, confirmed by a majority, says so.
    /// </summary>
    private async Task<bool> InsertOnceAsync(BsonDocument document, CancellationToken cancellation)
    {
        try
        {
            await _collections.Occurrences.InsertOneAsync(document, cancellationToken: cancellation);
            return true;
        }
        catch (MongoWriteException failure) when (StoreFailure.IsDuplicate(failure))
        {
            var same = new BsonDocument("_id", document["_id"]);
            if (document.TryGetValue("c", out var child))
                same.Add("c", child);
            var confirmed = await _collections.Occurrences.UpdateOneAsync(
                same,
                new BsonDocument("$inc", new BsonDocument("again", 1)),
                cancellationToken: cancellation
            );
            if (confirmed.MatchedCount == 0)
                // It was there and went with its primary: write it again.
                throw new TimeoutException();
            return true;
        }
    }
}
