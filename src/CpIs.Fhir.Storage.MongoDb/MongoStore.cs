using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Epochs;
using CpIs.Fhir.Storage.MongoDb.Occurrences;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb;

/// <summary>
/// The store for many machines: a MongoDB replica set or sharded cluster behind any number of stateless servers. Every write
/// returns when a majority has it in its journal. Its parts lie in folders by duty.
/// </summary>
public sealed partial class MongoStore : IExchangeStore
{
    private readonly MongoClient _client;
    private readonly MongoStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Collections _collections;
    private readonly RecordProtection _protection;
    private readonly Calls _calls;
    private readonly Transactions _transactions;
    private readonly OccurrenceGroup _group;

    private MongoStore(MongoClient client, MongoStoreOptions options, TimeProvider time)
    {
        (_client, _options, _time, _protection) = (client, options, time, options.Protection);
        _collections = new Collections(client.GetDatabase(options.Database));
        _calls = new Calls(options, time);
        _transactions = new Transactions(client, options, time);
        _group = new OccurrenceGroup(_collections.Occurrences);
    }

    /// <summary>
    /// Connects, refuses a deployment that could not keep the promises, and makes collections and indexes where they are missing.
    /// </summary>
    /// <param name="options">Where, and how.</param>
    /// <param name="time">The clock of timeouts and of what expires.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreUnavailableException">Nobody answers, or what answers cannot be used; the message says what to do.</exception>
    public static Task<MongoStore> OpenAsync(
        MongoStoreOptions options,
        TimeProvider time,
        CancellationToken cancellation
    ) => OpenAsync(options, time, adjust: null, cancellation);

    /// <summary>As a test opens it: it may listen to the commands.</summary>
    internal static async Task<MongoStore> OpenAsync(
        MongoStoreOptions options,
        TimeProvider time,
        Action<MongoClientSettings>? adjust,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        var store = new MongoStore(Connection.Open(options, adjust), options, time);
        try
        {
            await Deployment.CheckAsync(store._collections.Database, cancellation);
            await new Preparation(store._collections, options.Protection.Marker).RunAsync(cancellation);
            await EpochDocument.NoteOpenedAsync(store._collections, cancellation);
            return store;
        }
        catch (Exception failure)
        {
            await store.DisposeAsync();
            if (StoreFailure.IsOfStore(failure))
                throw new StoreUnavailableException(
                    $"MongoDB cannot be used: {StoreFailure.Of(failure).Message} See that the members named in "
                        + "MongoDbOptions:ConnectionString run and can be reached, and that user and TLS settings are right."
                );
            throw;
        }
    }

    /// <inheritdoc />
    public Task CheckWritableAsync(CancellationToken cancellation) =>
        // Not tried again: the question is whether a majority confirms a write now.
        Calls.ReadOnceAsync(
            async () =>
                await _collections.Meta.UpdateOneAsync(
                    new BsonDocument("_id", "probe"),
                    new BsonDocument("$inc", new BsonDocument("n", 1L)),
                    new UpdateOptions { IsUpsert = true },
                    cancellation
                ),
            cancellation
        );

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
