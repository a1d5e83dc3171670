using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace MongoGateway.Wire;

/// <summary>Documents that are made or changed here; the others pass through as bytes.</summary>
internal static class Reply
{
    public static ReadOnlyMemory<byte> Ok(BsonDocument? document = null) => Encode((document ?? []).Add("ok", 1.0));

    public static Task<ReadOnlyMemory<byte>> OkAsync(BsonDocument? document = null) => Task.FromResult(Ok(document));

    public static ReadOnlyMemory<byte> Encode(BsonDocument document) => document.ToBson();

    public static BsonDocument Decode(ReadOnlyMemory<byte> bytes) =>
        BsonSerializer.Deserialize<BsonDocument>(bytes.ToArray());

    public static BsonDocument Decode(RawDocument document) => Decode(document.Bytes);
}
