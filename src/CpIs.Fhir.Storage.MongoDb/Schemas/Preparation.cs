using CpIs.Fhir.Core.Records;
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
    public const int SchemaVersion = 1;

    private const int NamespaceExists = 48;
    private const int IndexOptionsConflict = 85;
    private const int IndexKeySpecsConflict = 86;

    /// <exception cref="StoreUnavailableException">The database cannot be used; the message says what to do.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await CheckSchemaAsync(cancellation);
        await CheckProtectionAsync(cancellation);
        await MakeCollectionsAsync(cancellation);
        foreach (var ofOne in StoreIndex.All.GroupBy(index => index.Collection, StringComparer.Ordinal))
            await new IndexCheck(collections.Database, ofOne.Key).RunAsync([.. ofOne], cancellation);
        await ProbeTransactionAsync(cancellation);
    }

    private async Task CheckSchemaAsync(CancellationToken cancellation)
    {
        var found = await ReadOrAddAsync("schema", new BsonDocument("v", SchemaVersion), cancellation);
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
                    + "servers of the version before can go on meanwhile."
            );
    }

    private async Task CheckProtectionAsync(CancellationToken cancellation)
    {
        var found = await ReadOrAddAsync("protection", new BsonDocument("marker", protection), cancellation);
        if (found["marker"].AsString != protection)
            throw new StoreUnavailableException(
                "This database was written with another protection (Protection:KeyFile): with this one nothing in it would be "
                    + "found. Give the key file that it was made with; 'cpis store copy' moves a store to another protection."
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
                "This engine has no multi-document transactions, without which an upload could be half there. "
                    + "Use MongoDB 5.0 or later as a replica set, or an engine of the capability table in docs/operations.md."
            );
        }
    }

    internal static bool IsConflict(MongoCommandException failure) =>
        failure.Code is IndexOptionsConflict or IndexKeySpecsConflict;
}
