using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.DailyFiles;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc />
    public Task<DailyFile> OpenFileAsync(DailyFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        var document = DailyFileDocument.Write(file, _protection);
        return _calls.WriteAsync(
            async (_, late) =>
            {
                try
                {
                    await _collections.DailyFiles.InsertOneAsync(document, null, late);
                    return file;
                }
                catch (MongoWriteException failure) when (StoreFailure.IsDuplicate(failure))
                {
                    return await FindFileAsync(file.Id, late) ?? throw new TimeoutException();
                }
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<DailyFile?> ReadFileAsync(string id, CancellationToken cancellation) =>
        _calls.ReadAsync(late => FindFileAsync(id, late), cancellation);

    /// <inheritdoc />
    public Task<bool> ReplaceFileAsync(DailyFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        var document = DailyFileDocument.Write(file, _protection);
        return _calls.WriteAsync(
            async (again, late) =>
            {
                var before = new BsonDocument { { "_id", file.Id }, { "v", file.Revision - 1 } };
                var done = await _collections.DailyFiles.ReplaceOneAsync(before, document, (ReplaceOptions?)null, late);
                // An earlier try of ours may have done it.
                return done.MatchedCount == 1
                    || again
                        && await FindFileAsync(file.Id, late) is { } there
                        && DailyFileJson.Write(there).AsSpan().SequenceEqual(DailyFileJson.Write(file));
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<bool> DropFileAsync(DailyFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        return _calls.WriteAsync(
            async (again, late) =>
            {
                var there = new BsonDocument { { "_id", file.Id }, { "v", file.Revision } };
                var done = await _collections.DailyFiles.DeleteOneAsync(there, late);
                if (done.DeletedCount == 0 && !again)
                    return false;
                await _collections.DailySlices.DeleteManyAsync(new BsonDocument("f", file.Id), late);
                return done.DeletedCount == 1 || await FindFileAsync(file.Id, late) is null;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<DailyFile>> ReadWaitingFilesAsync(CancellationToken cancellation) =>
        _calls.ReadAsync<IReadOnlyList<DailyFile>>(
            async late => ReadFiles(await _collections.DailyFiles.Find(Waiting).ToListAsync(late)),
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<DailyFile>> ReadFilesAsync(
        OdsCode authority,
        int limit,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync<IReadOnlyList<DailyFile>>(
            async late =>
                ReadFiles(
                    await _collections
                        .DailyFiles.Find(new BsonDocument("a", authority.Value))
                        .Sort(new BsonDocument("t", -1))
                        .Limit(limit)
                        .ToListAsync(late)
                ),
            cancellation
        );

    /// <inheritdoc />
    public Task PutSliceAsync(
        string fileId,
        string batch,
        int number,
        ReadOnlyMemory<byte> records,
        CancellationToken cancellation
    )
    {
        var id = DailyFileDocument.IdOfSlice(fileId, batch, number);
        var document = new BsonDocument
        {
            { "_id", id },
            { "f", fileId },
            { "b", _protection.SealSlice(fileId, batch, number, records).ToArray() },
        };
        return _calls.WriteAsync(
            (_, late) =>
                _collections.DailySlices.ReplaceOneAsync(
                    new BsonDocument("_id", id),
                    document,
                    new ReplaceOptions { IsUpsert = true },
                    late
                ),
            cancellation
        );
    }

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> ReadSliceAsync(
        string fileId,
        string batch,
        int number,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync<ReadOnlyMemory<byte>?>(
            async late =>
            {
                var id = DailyFileDocument.IdOfSlice(fileId, batch, number);
                var found = await _collections.DailySlices.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(late);
                return found is null
                    ? (ReadOnlyMemory<byte>?)null
                    : _protection.OpenSlice(fileId, batch, number, found["b"].AsByteArray);
            },
            cancellation
        );

    /// <inheritdoc />
    public Task RemoveSlicesAsync(string fileId, CancellationToken cancellation) =>
        _calls.WriteAsync(
            (_, late) => _collections.DailySlices.DeleteManyAsync(new BsonDocument("f", fileId), late),
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<RecordResult>> ReadResultsAsync(
        string fileId,
        int from,
        int count,
        CancellationToken cancellation
    ) =>
        _calls.ReadAsync<IReadOnlyList<RecordResult>>(
            async late =>
            {
                var range = new BsonDocument { { "$gte", from }, { "$lt", (long)from + count } };
                var found = await _collections
                    .DailyResults.Find(new BsonDocument { { "f", fileId }, { "n", range } })
                    .Sort(new BsonDocument("n", 1))
                    .ToListAsync(late);
                return [.. found.Select(document => DailyFileDocument.ReadResult(document, _protection))];
            },
            cancellation
        );

    /// <inheritdoc />
    public async Task<int> RemoveFilesAsync(DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        var due = new BsonDocument { { "t", new BsonDocument("$lt", before.UtcDateTime) }, { "o", false } };
        var old = await _calls.ReadAsync(
            late =>
                _collections
                    .DailyFiles.Find(due)
                    .Sort(new BsonDocument("t", 1))
                    .Limit(limit)
                    .Project(new BsonDocument("_id", 1))
                    .ToListAsync(late),
            cancellation
        );
        foreach (var id in old.Select(file => file["_id"].AsString))
            await _calls.WriteAsync(
                async (_, late) =>
                {
                    foreach (var part in (string[])[id, DailyFile.ReportIdOf(id)])
                    {
                        await _collections.DailyResults.DeleteManyAsync(new BsonDocument("f", part), late);
                        await _collections.DailySlices.DeleteManyAsync(new BsonDocument("f", part), late);
                    }

                    // Last, so that one that was cut off is found again.
                    return await _collections.DailyFiles.DeleteOneAsync(new BsonDocument("_id", id), late);
                },
                cancellation
            );
        return old.Count;
    }

    // Said, and not only meant: compatible engines else do not see that the partial index serves it.
    private static BsonDocument Waiting => new("w", new BsonDocument { { "$exists", true }, { "$gt", "" } });

    private async Task<DailyFile?> FindFileAsync(string id, CancellationToken cancellation) =>
        await _collections.DailyFiles.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(cancellation) is { } found
            ? DailyFileDocument.Read(found, _protection)
            : null;

    private List<DailyFile> ReadFiles(List<BsonDocument> found) =>
        [.. found.Select(document => DailyFileDocument.Read(document, _protection))];
}
