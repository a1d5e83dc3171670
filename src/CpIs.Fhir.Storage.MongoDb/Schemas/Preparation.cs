using CpIs.Fhir.Core;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Schemas;

/// <summary>
/// Makes a new database ready and checks an old one. Several servers may do so at once: each step finds what another has
/// done already.
/// </summary>
internal sealed class Preparation(Collections collections, string protection)
{
    /// <summary>The schema that this version writes; one more with every migration.</summary>
    public static int SchemaVersion => MongoMigration.VersionOf(MongoMigration.All);

    private const int NamespaceExists = 48;
    private const int IndexOptionsConflict = 85;
    private const int IndexKeySpecsConflict = 86;

    /// <exception cref="StoreUnavailableException">The database cannot be used; the message says what to do.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await CheckSchemaAsync(cancellation);
        await UnfinishedCopy.RefuseAsync(collections, cancellation);
        await CheckProtectionAsync(cancellation);
        await MakeCollectionsAsync(cancellation);
        foreach (var collection in IndexedCollections)
            await MakeIndexesAsync(collection, cancellation);
        await ProbeTransactionAsync(cancellation);
    }

    /// <summary>Collections with indexes, in the order in which these are made.</summary>
    public static IReadOnlyList<string> IndexedCollections { get; } =
    [.. StoreIndex.All.Select(index => index.Collection).Distinct(StringComparer.Ordinal)];

    /// <summary>All but the indexes, for a database that is to be filled before it is indexed.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be used; the message says what to do.</exception>
    public async Task RunWithoutIndexesAsync(CancellationToken cancellation)
    {
        await CheckSchemaAsync(cancellation);
        await CheckProtectionAsync(cancellation);
        await MakeCollectionsAsync(cancellation);
        await ProbeTransactionAsync(cancellation);
    }

    /// <summary>Makes the indexes of one collection where they are missing.</summary>
    /// <exception cref="StoreUnavailableException">One is there and another than it should be.</exception>
    public Task MakeIndexesAsync(string collection, CancellationToken cancellation) =>
        new IndexCheck(collections.Database, collection).RunAsync(
            [.. StoreIndex.All.Where(index => index.Collection == collection)],
            cancellation
        );

    /// <summary>Takes a database as it is, and writes nothing.</summary>
    /// <exception cref="StoreUnavailableException">There is no store in it, or it cannot be used; the message says what to do.</exception>
    public async Task ExpectAsync(CancellationToken cancellation)
    {
        await ExpectSchemaAsync(cancellation);
        await ExpectProtectionAsync(cancellation);
    }

    /// <summary>The same for whoever opens nothing that is sealed.</summary>
    /// <exception cref="StoreUnavailableException">There is no store in it, or it cannot be used; the message says what to do.</exception>
    public async Task ExpectSchemaAsync(CancellationToken cancellation)
    {
        JudgeSchema(
            await ReadAsync("schema", cancellation)
                ?? throw new StoreUnavailableException(
                    $"There is no store in database '{collections.Database.DatabaseNamespace.DatabaseName}'."
                )
        );
        await UnfinishedCopy.RefuseAsync(collections, cancellation);
    }

    /// <summary>Refuses a database that was made with another protection, and writes nothing.</summary>
    /// <exception cref="StoreUnavailableException">It was; the message says what to do.</exception>
    public async Task ExpectProtectionAsync(CancellationToken cancellation)
    {
        if (await ReadAsync("protection", cancellation) is { } mark)
            JudgeProtection(mark);
    }

    private Task<BsonDocument?> ReadAsync(string id, CancellationToken cancellation) =>
        collections.Meta.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(cancellation)!;

    private async Task CheckSchemaAsync(CancellationToken cancellation) =>
        JudgeSchema(await ReadOrAddAsync("schema", new BsonDocument("v", SchemaVersion), cancellation));

    private void JudgeSchema(BsonDocument found)
    {
        var version = found["v"].ToInt32();
        var name = collections.Database.DatabaseNamespace.DatabaseName;
        if (version > SchemaVersion)
            throw new StoreUnavailableException(
                $"Database '{name}' was written by a newer version of this server (schema {version}; this one knows "
                    + $"{SchemaVersion}). Start that version, or name another database (MongoDbOptions:Database)."
            );
        if (version < SchemaVersion)
            throw new StoreUnavailableException(
                $"Database '{name}' has schema {version}; this version needs {SchemaVersion}. Run 'cpis store migrate' first; "
                    + "servers of the older version can go on meanwhile."
            );
    }

    private async Task CheckProtectionAsync(CancellationToken cancellation) =>
        JudgeProtection(await ReadOrAddAsync("protection", new BsonDocument("marker", protection), cancellation));

    private void JudgeProtection(BsonDocument found)
    {
        if (found["marker"].AsString != protection)
            throw new StoreUnavailableException(
                "This database was written with another protection (Protection:KeyFile): with this one nothing in it could be "
                    + "found. Give the key file that it was made with. To change the protection, use 'cpis store copy'."
            );
    }

    private async Task<BsonDocument> ReadOrAddAsync(string id, BsonDocument fields, CancellationToken cancellation) =>
        await collections.Meta.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument("_id", id),
            new BsonDocument("$setOnInsert", fields),
            new FindOneAndUpdateOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After },
            cancellation
        );

    /// <summary>Before the first transaction, inside which nothing can be made.</summary>
    private async Task MakeCollectionsAsync(CancellationToken cancellation)
    {
        using var cursor = await collections.Database.ListCollectionNamesAsync(cancellationToken: cancellation);
        var there = (await cursor.ToListAsync(cancellation)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in Collections.Names.Where(name => !there.Contains(name)))
            try
            {
                await collections.Database.CreateCollectionAsync(name, cancellationToken: cancellation);
            }
            catch (MongoCommandException existing) when (existing.Code == NamespaceExists)
            {
                // Another server was faster.
            }
    }

    /// <summary>Some engines speak the protocol and have no transactions: better known now than at the first upload.</summary>
    private async Task ProbeTransactionAsync(CancellationToken cancellation)
    {
        using var session = await collections.Database.Client.StartSessionAsync(cancellationToken: cancellation);
        try
        {
            session.StartTransaction(
                new TransactionOptions(ReadConcern.Snapshot, writeConcern: WriteConcern.WMajority)
            );
            await collections.Meta.InsertOneAsync(
                session,
                new BsonDocument("_id", $"transaction-{Guid.NewGuid():N}"),
                cancellationToken: cancellation
            );
            await session.AbortTransactionAsync(cancellation);
        }
        catch (Exception lacking) when (lacking is MongoCommandException or NotSupportedException)
        {
            throw new StoreUnavailableException(
                "This engine has no multi-document transactions. Without them an upload could be stored by half. "
                    + "Use MongoDB 5.0 or later as a replica set, or an engine that docs/operations.md lists as tested."
            );
        }
    }

    internal static bool IsConflict(MongoCommandException failure) =>
        failure.Code is IndexOptionsConflict or IndexKeySpecsConflict;
}
