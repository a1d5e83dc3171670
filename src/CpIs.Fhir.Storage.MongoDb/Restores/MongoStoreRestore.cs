using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Epochs;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Restores;

/// <summary>
/// The step after a restore on a database, in one transaction. Nothing keeps servers away from it: that they are stopped is for the operator to see to.
/// </summary>
public sealed class MongoStoreRestore : IStoreRestore
{
    private readonly MongoClient _client;
    private readonly Collections _collections;
    private readonly Calls _calls;
    private readonly Transactions _transactions;

    private MongoStoreRestore(
        MongoClient client,
        Collections collections,
        MongoStoreOptions options,
        TimeProvider time
    ) =>
        (_client, _collections, _calls, _transactions, Description) = (
            client,
            collections,
            new Calls(options, time),
            new Transactions(client, options, time),
            $"mongodb:{options.Database}"
        );

    /// <inheritdoc />
    public string Description { get; }

    /// <summary>Of the store in a database. Nothing that is sealed is opened, so it needs no keys.</summary>
    /// <param name="options">Where.</param>
    /// <param name="time">The clock by which a write is given up.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreUnavailableException">
    /// There is none, nobody answers, it is an unfinished copy, or of another schema; the message says what to do.
    /// </exception>
    public static async Task<MongoStoreRestore> OpenAsync(
        MongoStoreOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var (client, collections) = await MongoOpening.OpenAsync(
            options,
            opened => new Preparation(opened, options.Protection.Marker).ExpectSchemaAsync(cancellation),
            cancellation
        );
        return new MongoStoreRestore(client, collections, options, time);
    }

    /// <inheritdoc />
    public async Task<RestoreOutcome> RunAsync(RestoreTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var found = await _transactions.RunAsync<RestoreOutcome>(
            async (session, late) =>
                new((await EpochDocument.ReadAsync(_collections, session, late)).Decide(terms), Keep: false),
            cancellation
        );
        if (!found.IsNew)
            return found;
        // Before the transaction, since there may be many: what was never claimed in the copy may have been sent since, and nothing joins it any
        // more. Ended after this, it is done again, and nothing was lost but that two look-ups make two notices.
        await _calls.WriteAsync(
            (_, late) =>
                _collections.Events.UpdateManyAsync(
                    new BsonDocument("f", 0L),
                    new BsonDocument("$set", new BsonDocument("f", 1L)),
                    cancellationToken: late
                ),
            cancellation
        );
        return await _transactions.RunAsync<RestoreOutcome>(
            async (session, late) =>
            {
                var before = await EpochDocument.ReadAsync(_collections, session, late);
                var outcome = before.Decide(terms);
                if (outcome.IsNew)
                    await EpochDocument.WriteAsync(_collections, session, before, outcome, terms, late);
                return new(outcome, outcome.IsNew);
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
