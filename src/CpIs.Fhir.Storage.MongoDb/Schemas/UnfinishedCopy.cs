using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// The mark of an unfinished copy: the document <c>copy</c> of the collection <c>meta</c>, with <c>f</c> fingerprint,
/// <c>source</c>, <c>started</c>, <c>holder</c> (the process that copies) and <c>marks</c>, a bookmark for each section.
/// </summary>
internal sealed class UnfinishedCopy(Collections collections)
{
    private const string Id = "copy";
    private readonly string _holder = Guid.NewGuid().ToString("N");

    private BsonDocument Mine => new() { { "_id", Id }, { "holder", _holder } };

    /// <summary>Refuses to open a database for a server while a copy into it is unfinished.</summary>
    /// <exception cref="StoreUnavailableException">It is; the message says what to do.</exception>
    public static async Task RefuseAsync(Collections collections, CancellationToken cancellation)
    {
        if (await collections.Meta.Find(new BsonDocument("_id", Id)).AnyAsync(cancellation))
            throw new StoreUnavailableException(
                $"A copy into this store (database '{collections.Database.DatabaseNamespace.DatabaseName}') has not finished: "
                    + "run it again, or start with an empty store."
            );
    }

    /// <summary>The copy that is in progress, or null.</summary>
    public static async Task<BsonDocument?> FindAsync(Collections collections, CancellationToken cancellation) =>
        await collections.Meta.Find(new BsonDocument("_id", Id)).FirstOrDefaultAsync(cancellation);

    /// <summary>The copy that a mark describes.</summary>
    public static TransferStart Read(BsonDocument mark) =>
        new(mark["f"].AsString, mark["source"].AsString, mark["started"].ToUniversalTime());

    /// <summary>How far each section has come.</summary>
    public static Dictionary<TransferSection, TransferBookmark> ReadBookmarks(BsonDocument mark) =>
        mark["marks"]
            .AsBsonDocument.ToDictionary(
                bookmark => Enum.Parse<TransferSection>(bookmark.Name),
                bookmark => new TransferBookmark(
                    bookmark.Value["k"].IsBsonNull ? null : bookmark.Value["k"].AsString,
                    SectionSum.Parse(bookmark.Value["r"].AsString),
                    bookmark.Value["w"].AsBoolean
                )
            );

    /// <summary>Sets the mark. False when another process did a moment ago.</summary>
    public async Task<bool> TryBeginAsync(TransferStart copy, CancellationToken cancellation)
    {
        var found = await collections.Meta.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument("_id", Id),
            new BsonDocument(
                "$setOnInsert",
                new BsonDocument
                {
                    { "f", copy.Fingerprint },
                    { "source", copy.Source },
                    { "started", copy.Started.UtcDateTime },
                    { "holder", _holder },
                    { "marks", new BsonDocument() },
                }
            ),
            new FindOneAndUpdateOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After },
            cancellation
        );
        return found["holder"] == _holder;
    }

    /// <summary>
    /// Takes the copy over from the process that began it, which need not have ended: its next bookmark tells it, and what it
    /// writes until then is what this one writes too.
    /// </summary>
    public Task TakeOverAsync(CancellationToken cancellation) =>
        collections.Meta.UpdateOneAsync(
            new BsonDocument("_id", Id),
            new BsonDocument("$set", new BsonDocument("holder", _holder)),
            cancellationToken: cancellation
        );

    /// <summary>Sees that the copy is still this process's.</summary>
    /// <exception cref="StoreUnavailableException">Another process has taken it over, or ended it.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        if (!await collections.Meta.Find(Mine).AnyAsync(cancellation))
            throw TakenOver();
    }

    /// <summary>Moves a bookmark.</summary>
    /// <exception cref="StoreUnavailableException">Another process has taken the copy over.</exception>
    public async Task SaveAsync(TransferSection section, TransferBookmark bookmark, CancellationToken cancellation)
    {
        var mark = new BsonDocument
        {
            { "k", bookmark.LastKey is { } key ? key : BsonNull.Value },
            { "r", bookmark.Read.ToString() },
            { "w", bookmark.IsWhole },
        };
        var saved = await collections.Meta.UpdateOneAsync(
            Mine,
            new BsonDocument("$set", new BsonDocument($"marks.{section}", mark)),
            cancellationToken: cancellation
        );
        if (saved.MatchedCount == 0)
            throw TakenOver();
    }

    /// <summary>Takes the mark away.</summary>
    public Task EndAsync(CancellationToken cancellation) => collections.Meta.DeleteOneAsync(Mine, cancellation);

    private static StoreUnavailableException TakenOver() =>
        new("Another process has taken over this copy. Decide which of them continues, and end the other.");
}
