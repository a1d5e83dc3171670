using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Migrations;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Migrations;

/// <summary>The migrations of a MongoDB database. Servers of the version before go on while they run.</summary>
public sealed class MongoStoreMigration : IStoreMigration
{
    private readonly MongoClient _client;
    private readonly Collections _collections;
    private readonly Calls _calls;
    private readonly RecordProtection _protection;
    private readonly IReadOnlyList<MongoMigration> _migrations;

    private MongoStoreMigration(
        MongoClient client,
        Collections collections,
        MongoStoreOptions options,
        TimeProvider time,
        IReadOnlyList<MongoMigration> migrations
    ) =>
        (_client, _collections, _calls, _protection, _migrations, Description) = (
            client,
            collections,
            new Calls(options, time),
            options.Protection,
            migrations,
            $"mongodb:{options.Database}"
        );

    /// <inheritdoc />
    public string Description { get; }

    /// <summary>Of the store in a database.</summary>
    /// <param name="options">Where.</param>
    /// <param name="time">The clock by which a write is given up.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreUnavailableException">Nobody answers, or what answers cannot be used; the message says what to do.</exception>
    public static Task<MongoStoreMigration> OpenAsync(
        MongoStoreOptions options,
        TimeProvider time,
        CancellationToken cancellation
    ) => OpenAsync(options, time, MongoMigration.All, cancellation);

    /// <summary>With migrations of a test.</summary>
    internal static async Task<MongoStoreMigration> OpenAsync(
        MongoStoreOptions options,
        TimeProvider time,
        IReadOnlyList<MongoMigration> migrations,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var (client, collections) = await MongoOpening.OpenAsync(options, _ => Task.CompletedTask, cancellation);
        return new MongoStoreMigration(client, collections, options, time, migrations);
    }

    /// <inheritdoc />
    public async Task<StoreStanding> ReadAsync(CancellationToken cancellation)
    {
        var schema = await ReadSchemaAsync(cancellation);
        var known = MongoMigration.VersionOf(_migrations);
        var mark = await ReadMetaAsync("protection", cancellation);
        var copy = await Calls.ReadOnceAsync(() => UnfinishedCopy.FindAsync(_collections, cancellation), cancellation);
        var pending = new List<PendingMigration>();
        foreach (var migration in _migrations.Where(m => m.Version > schema))
            pending.Add(await JobOf(migration).ToPendingAsync(cancellation));
        return new StoreStanding(
            schema,
            known,
            mark is null ? null : mark["marker"].AsString != RecordProtection.Readable.Marker,
            copy is null ? null : UnfinishedCopy.Read(copy),
            pending,
            schema == known ? await ReadCountsAsync(cancellation) : new Dictionary<TransferSection, long>()
        );
    }

    /// <inheritdoc />
    public async Task RunAsync(IProgress<MigrationProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var schema = await ReadSchemaAsync(cancellation);
        var known = MongoMigration.VersionOf(_migrations);
        if (schema > known)
            throw new StoreUnavailableException(
                $"{Description} was written by a newer version (schema {schema}; this one knows {known}). Use that version."
            );
        await Calls.ReadOnceAsync(
            async () =>
            {
                await UnfinishedCopy.RefuseAsync(_collections, cancellation);
                await new Preparation(_collections, _protection.Marker).ExpectProtectionAsync(cancellation);
                return true;
            },
            cancellation
        );
        foreach (var migration in _migrations.Where(m => m.Version > schema))
            await JobOf(migration).RunAsync(progress, cancellation);
        // Servers of the version before may have gone on after an earlier run: once more, when the last of them is stopped.
        if (schema == known && _migrations is [.., var last])
            await JobOf(last).SweepAsync(cancellation);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private MigrationJob JobOf(MongoMigration migration) => new(_collections, _calls, _protection, migration);

    private async Task<int> ReadSchemaAsync(CancellationToken cancellation) =>
        (await ReadMetaAsync("schema", cancellation))?["v"].ToInt32()
        ?? throw new StoreUnavailableException($"There is no store in {Description}.");

    private Task<BsonDocument?> ReadMetaAsync(string id, CancellationToken cancellation) =>
        Calls.ReadOnceAsync(
            async () =>
                (BsonDocument?)
                    await _collections.Meta.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(cancellation),
            cancellation
        );

    private async Task<Dictionary<TransferSection, long>> ReadCountsAsync(CancellationToken cancellation)
    {
        // Counting opens nothing, so it needs no keys.
        var reading = new MongoReading(_collections, RecordProtection.Readable);
        var counts = new Dictionary<TransferSection, long>();
        foreach (var section in TransferSections.All)
            counts[section] = await reading.CountAsync(section, DateTimeOffset.UnixEpoch, cancellation);
        return counts;
    }
}
