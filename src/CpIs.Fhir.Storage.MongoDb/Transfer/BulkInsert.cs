using CpIs.Fhir.Storage.MongoDb.Connections;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>
/// Many documents at a time, each confirmed by a majority in its journal. A document that exists already is one of an earlier
/// try of the same batch, and stands.
/// </summary>
internal sealed class BulkInsert(Calls calls)
{
    private const int DocumentsOfOne = 1_000;

    /// <summary>Commands in progress at a time: while one waits for its majority, another is read and sent.</summary>
    private const int Together = 4;

    public Task InsertAsync(
        IMongoCollection<BsonDocument> collection,
        IEnumerable<BsonDocument> documents,
        CancellationToken cancellation
    ) =>
        EachAsync(
            documents,
            async (some, late) =>
            {
                try
                {
                    await collection.InsertManyAsync(some, new InsertManyOptions { IsOrdered = false }, late);
                }
                catch (MongoBulkWriteException<BsonDocument> failure) when (AreThereAlready(failure))
                {
                    // Those that were not there are there now.
                }
            },
            cancellation
        );

    /// <summary>Writes that do the same however often they are done.</summary>
    public Task WriteAsync(
        IMongoCollection<BsonDocument> collection,
        IEnumerable<WriteModel<BsonDocument>> writes,
        CancellationToken cancellation
    ) =>
        EachAsync(
            writes,
            (some, late) =>
                collection.BulkWriteAsync(some, new BulkWriteOptions { IsOrdered = false }, cancellationToken: late),
            cancellation
        );

    private Task EachAsync<T>(
        IEnumerable<T> all,
        Func<IReadOnlyCollection<T>, CancellationToken, Task> write,
        CancellationToken cancellation
    ) =>
        Parallel.ForEachAsync(
            all.Chunk(DocumentsOfOne),
            new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellation },
            async (some, stop) =>
                await calls.WriteAsync(
                    async (_, late) =>
                    {
                        await write(some, late);
                        return true;
                    },
                    stop
                )
        );

    private static bool AreThereAlready(MongoBulkWriteException<BsonDocument> failure) =>
        failure.WriteConcernError is null
        && failure.WriteErrors.Count > 0
        && failure.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey);
}
