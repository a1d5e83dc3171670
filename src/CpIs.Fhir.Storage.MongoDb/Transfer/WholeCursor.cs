using System.Runtime.CompilerServices;
using CpIs.Fhir.Storage.MongoDb.Connections;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>All documents that a filter finds, in an order, as they come.</summary>
internal static class WholeCursor
{
    private const int Batch = 1_000;

    /// <exception cref="Core.StoreUnavailableException">MongoDB did not answer.</exception>
    public static async IAsyncEnumerable<BsonDocument> ReadAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument filter,
        BsonDocument order,
        [EnumeratorCancellation] CancellationToken cancellation,
        BsonDocument? fields = null
    )
    {
        var find = collection.Find(filter, new FindOptions { BatchSize = Batch }).Sort(order);
        if (fields is not null)
            find = find.Project(fields);
        using var cursor = await Calls.ReadOnceAsync(() => find.ToCursorAsync(cancellation), cancellation);
        while (await Calls.ReadOnceAsync(() => cursor.MoveNextAsync(cancellation), cancellation))
            foreach (var document in cursor.Current)
                yield return document;
    }
}
