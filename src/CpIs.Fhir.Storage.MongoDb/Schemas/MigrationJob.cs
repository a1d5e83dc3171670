using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.MongoDb.Connections;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// Runs one migration: through the collection in the order of its ids, a batch at a time, with a bookmark in the store
/// (document <c>migration</c> of <c>meta</c>: <c>v</c>, <c>at</c> the last id looked at, <c>n</c> how many). Once through, it
/// looks for documents that servers wrote in the old form meanwhile, until none is left; then the schema moves on.
/// </summary>
internal sealed class MigrationJob(
    Collections collections,
    Calls calls,
    RecordProtection protection,
    MongoMigration migration
)
{
    private const string Id = "migration";
    private const int Batch = 1_000;

    /// <summary>Rounds after which servers are held to write the old form faster than it can be changed.</summary>
    private const int MostRounds = 100;

    private readonly IMongoCollection<BsonDocument> _collection = collections.Database.GetCollection<BsonDocument>(
        migration.Collection
    );

    /// <summary>How many documents it has to look at.</summary>
    public async Task<PendingMigration> ToPendingAsync(CancellationToken cancellation) =>
        new(
            migration.Version,
            migration.What,
            await Calls.ReadOnceAsync(
                () => _collection.CountDocumentsAsync(new BsonDocument(), cancellationToken: cancellation),
                cancellation
            )
        );

    /// <exception cref="StoreUnavailableException">MongoDB did not answer; what was done is kept.</exception>
    public async Task RunAsync(IProgress<MigrationProgress> progress, CancellationToken cancellation)
    {
        var pending = await ToPendingAsync(cancellation);
        var (at, done) = await ReadBookmarkAsync(cancellation);
        Tell();
        while (await ReadBatchAsync(at, cancellation) is { Count: > 0 } documents)
        {
            await WriteAsync(documents, cancellation);
            (at, done) = (documents[^1]["_id"], done + documents.Count);
            await SaveBookmarkAsync(at, done, cancellation);
            Tell();
        }

        await SweepAsync(cancellation);
        await MoveSchemaAsync(cancellation);

        void Tell() =>
            progress.Report(new MigrationProgress(pending, Math.Min(done, pending.Records), pending.Records));
    }

    /// <summary>
    /// What servers of the version before have written in the old form: behind the bookmark, or after the schema moved on.
    /// </summary>
    /// <exception cref="StoreUnavailableException">MongoDB did not answer, or there is no end of them.</exception>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var old = await Calls.ReadOnceAsync(
                () => _collection.Find(migration.Old).Limit(Batch).ToListAsync(cancellation),
                cancellation
            );
            if (old.Count == 0)
                return;
            await WriteAsync(old, cancellation);
        }

        throw new StoreUnavailableException(
            $"Migration {migration.Version} does not finish: documents of the old form are written faster than they "
                + "are changed. Run it again when there is less load."
        );
    }

    /// <summary>The next documents, whatever their form: to walk along the ids needs no index of the migration's own.</summary>
    private Task<List<BsonDocument>> ReadBatchAsync(BsonValue? at, CancellationToken cancellation) =>
        Calls.ReadOnceAsync(
            () =>
                _collection
                    .Find(at is null ? [] : new BsonDocument("_id", new BsonDocument("$gt", at)))
                    .Sort(new BsonDocument("_id", 1))
                    .Limit(Batch)
                    .ToListAsync(cancellation),
            cancellation
        );

    private async Task WriteAsync(List<BsonDocument> documents, CancellationToken cancellation)
    {
        var ids = new BsonArray(documents.Select(document => document["_id"]));
        var old = await Calls.ReadOnceAsync(
            () =>
                _collection
                    .Find(
                        new BsonDocument(
                            "$and",
                            new BsonArray { new BsonDocument("_id", new BsonDocument("$in", ids)), migration.Old }
                        )
                    )
                    .ToListAsync(cancellation),
            cancellation
        );
        if (old.Count == 0)
            return;
        var changes = old.Select(document => migration.Change(document, protection)).ToList();
        await calls.WriteAsync(
            (_, late) =>
                _collection.BulkWriteAsync(
                    changes,
                    new BulkWriteOptions { IsOrdered = false },
                    cancellationToken: late
                ),
            cancellation
        );
    }

    private async Task<(BsonValue? At, long Done)> ReadBookmarkAsync(CancellationToken cancellation)
    {
        var mark = await Calls.ReadOnceAsync(
            () =>
                collections
                    .Meta.Find(new BsonDocument { { "_id", Id }, { "v", migration.Version } })
                    .FirstOrDefaultAsync(cancellation),
            cancellation
        );
        return mark is null ? (null, 0) : (mark["at"], mark["n"].ToInt64());
    }

    private Task<ReplaceOneResult> SaveBookmarkAsync(BsonValue at, long done, CancellationToken cancellation) =>
        calls.WriteAsync(
            (_, late) =>
                collections.Meta.ReplaceOneAsync(
                    new BsonDocument("_id", Id),
                    new BsonDocument
                    {
                        { "_id", Id },
                        { "v", migration.Version },
                        { "at", at },
                        { "n", done },
                    },
                    new ReplaceOptions { IsUpsert = true },
                    late
                ),
            cancellation
        );

    /// <summary>Once, whoever ran it to its end first.</summary>
    private Task<DeleteResult> MoveSchemaAsync(CancellationToken cancellation) =>
        calls.WriteAsync(
            async (_, late) =>
            {
                await collections.Meta.UpdateOneAsync(
                    new BsonDocument { { "_id", "schema" }, { "v", migration.Version - 1 } },
                    new BsonDocument("$set", new BsonDocument("v", migration.Version)),
                    cancellationToken: late
                );
                return await collections.Meta.DeleteOneAsync(new BsonDocument("_id", Id), late);
            },
            cancellation
        );
}
