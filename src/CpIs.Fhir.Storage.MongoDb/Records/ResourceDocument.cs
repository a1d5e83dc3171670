using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>
/// One version of one resource as a document: <c>_id</c> type and id, <c>y</c> type, <c>v</c> version, <c>u</c> updated,
/// <c>a</c> authority, <c>c</c> child and <c>i</c> identity (what they are found by), <c>k</c> tokens, <c>s</c> side values,
/// <c>w</c> the setting's view where it differs, <c>b</c> the body. An old version has <c>r</c> for its resource, and its
/// version in its <c>_id</c>.
/// </summary>
internal static class ResourceDocument
{
    public static string IdOf(RecordType type, string id) => $"{(int)type}/{id}";

    public static string IdentityOf(RecordType type, string identity, RecordProtection protection) =>
        $"{(int)type}/{protection.IdentityKey(identity)}";

    public static BsonDocument Write(StoredResource resource, RecordProtection protection)
    {
        var document = new BsonDocument
        {
            { "_id", IdOf(resource.Type, resource.Id) },
            { "y", (int)resource.Type },
            { "v", resource.Version },
            { "u", resource.LastUpdated.UtcDateTime },
            { "a", resource.Authority.Value },
        };
        if (resource.Child is { } child)
            document.Add("c", protection.ChildKey(child));
        if (resource.Identity is { } identity)
            document.Add("i", protection.IdentityKey(identity));
        document.Add(
            "k",
            new BsonArray(
                protection
                    .Tokens(resource.Tokens)
                    .Select(t => StoredToken.Of(resource.Authority.Value, resource.Type, t))
            )
        );
        var place = PlaceOf(resource);
        document.Add("s", SideOf(resource, protection));
        if (!resource.SettingView.IsEmpty)
            document.Add("w", Seal(resource.SettingView, resource, place.SettingView, protection));
        return document.Add(
            "b",
            Seal(resource.Body, resource, place.Body(besideView: !resource.SettingView.IsEmpty), protection)
        );
    }

    /// <summary>The side values as they are stored.</summary>
    public static BsonBinaryData SideOf(StoredResource resource, RecordProtection protection) =>
        Seal(SideValuesJson.Write(resource, withKeys: true), resource, PlaceOf(resource).Side, protection);

    /// <summary>The stamp of the upload that last wrote or confirmed it, or null.</summary>
    public static UploadStamp? StampOf(BsonDocument document, RecordProtection protection)
    {
        var bare = Bare(document);
        var side = protection.Open(document["s"].AsByteArray, PlaceOf(bare).Side);
        return SideValuesJson.AddTo(bare, side.Span).Stamp;
    }

    /// <summary>A document that is no longer current, as the collection of old versions keeps it.</summary>
    public static BsonDocument ToOldVersion(BsonDocument current)
    {
        var old = (BsonDocument)current.Clone();
        old["_id"] = $"{current["_id"].AsString}/{current["v"].AsInt32}";
        old.Remove("k");
        old.Add("r", current["_id"]);
        return old;
    }

    public static StoredResource Read(BsonDocument document, RecordProtection protection)
    {
        var resource = Bare(document);
        var place = PlaceOf(resource);
        var hasView = document.TryGetValue("w", out var view);
        resource = SideValuesJson.AddTo(resource, protection.Open(document["s"].AsByteArray, place.Side).Span);
        return resource with
        {
            Body = protection.Open(document["b"].AsByteArray, place.Body(besideView: hasView)),
            SettingView = hasView ? protection.Open(view.AsByteArray, place.SettingView) : ReadOnlyMemory<byte>.Empty,
        };
    }

    private static StoredResource Bare(BsonDocument document)
    {
        var key = document.GetValue("r", document["_id"]).AsString;
        return new StoredResource
        {
            Type = (RecordType)document["y"].AsInt32,
            Id = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..],
            Version = document["v"].AsInt32,
            LastUpdated = document["u"].ToUniversalTime(),
            Authority = OdsCode.Parse(document["a"].AsString),
            Body = ReadOnlyMemory<byte>.Empty,
        };
    }

    private static BsonBinaryData Seal(
        ReadOnlyMemory<byte> plain,
        StoredResource resource,
        string place,
        RecordProtection protection
    ) => new(protection.Seal(plain, resource.Child, place).ToArray());

    private static ResourcePlace PlaceOf(StoredResource resource) =>
        new(resource.Type, resource.Authority, resource.Id, resource.Version);
}
