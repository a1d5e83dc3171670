using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>
/// A MongoDB database that is copied from. Nothing keeps servers away from it: that they are stopped is for the operator to
/// see to, and a change in between is found when both stores are compared.
/// </summary>
public sealed class MongoTransferSource : ITransferSource
{
    private readonly MongoClient _client;
    private readonly MongoReading _reading;

    private MongoTransferSource(MongoClient client, MongoReading reading, string database) =>
        (_client, _reading, Description) = (client, reading, $"mongodb:{database}");

    /// <inheritdoc />
    public string Description { get; }

    /// <inheritdoc />
    public string Identity => MongoReading.Identity;

    /// <summary>Opens an existing store.</summary>
    /// <param name="options">Where.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreUnavailableException">
    /// There is none, nobody answers, it is an unfinished copy itself, or of another schema or protection; the message says what to do.
    /// </exception>
    public static async Task<MongoTransferSource> OpenAsync(MongoStoreOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (client, collections) = await MongoOpening.OpenAsync(
            options,
            opened => new Preparation(opened, options.Protection.Marker).ExpectAsync(cancellation),
            cancellation
        );
        return new MongoTransferSource(client, new MongoReading(collections, options.Protection), options.Database);
    }

    /// <inheritdoc />
    public Task<long> CountAsync(TransferSection section, DateTimeOffset unexpiredAt, CancellationToken cancellation) =>
        _reading.CountAsync(section, unexpiredAt, cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<TransferBatch> ReadAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        CancellationToken cancellation
    ) => _reading.ReadAsync(section, after, unexpiredAt, cancellation);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
