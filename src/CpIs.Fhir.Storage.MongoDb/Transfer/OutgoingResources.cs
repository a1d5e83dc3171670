using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Records;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>
/// Resources for a copy, in the order of their ids: two walks side by side, one through the current versions and one through
/// the earlier ones.
/// </summary>
internal sealed class OutgoingResources(Collections collections, RecordProtection protection)
{
    public async IAsyncEnumerable<(PortableRecord, string)> ReadAsync(
        string? after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var versions = WholeCursor
            .ReadAsync(
                collections.Versions,
                After("r", after),
                new BsonDocument { { "r", 1 }, { "v", 1 } },
                cancellation
            )
            .GetAsyncEnumerator(cancellation);
        var isVersion = await versions.MoveNextAsync();
        var current = WholeCursor.ReadAsync(
            collections.Resources,
            After("_id", after),
            new BsonDocument("_id", 1),
            cancellation
        );
        await foreach (var document in current)
        {
            var id = document["_id"].AsString;
            List<StoredResource>? earlier = null;
            for (; isVersion && Compare(versions.Current, id) <= 0; isVersion = await versions.MoveNextAsync())
                // Retention takes a resource and its versions in one commit: there are none of one that is gone.
                if (Compare(versions.Current, id) == 0)
                    (earlier ??= []).Add(ResourceDocument.Read(versions.Current, protection));
            yield return (new PortableResource(ResourceDocument.Read(document, protection), earlier ?? []), id);
        }
    }

    private static int Compare(BsonDocument version, string id) => string.CompareOrdinal(version["r"].AsString, id);

    private static BsonDocument After(string field, string? key) =>
        key is null ? [] : new BsonDocument(field, new BsonDocument("$gt", key));
}
