using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>
/// A MongoDB database that is filled: batches in bulk, each confirmed by a majority before its bookmark; indexes once
/// everything is there, unless they were there before.
/// </summary>
public sealed class MongoTransferTarget : ITransferTarget
{
    private readonly MongoClient _client;
    private readonly Collections _collections;
    private readonly RecordProtection _protection;
    private readonly Preparation _preparation;
    private readonly MongoReading _reading;
    private readonly UnfinishedCopy _mark;
    private readonly BulkInsert _bulk;

    private MongoTransferTarget(
        MongoClient client,
        Collections collections,
        MongoStoreOptions options,
        TimeProvider time
    )
    {
        (_client, _collections, _protection) = (client, collections, options.Protection);
        Description = $"mongodb:{options.Database}";
        _preparation = new Preparation(collections, options.Protection.Marker);
        _reading = new MongoReading(collections, options.Protection);
        _mark = new UnfinishedCopy(collections);
        _bulk = new BulkInsert(new Calls(options with { WriteBudget = MongoOpening.Patience }, time));
    }

    /// <inheritdoc />
    public string Description { get; }

    /// <inheritdoc />
    public string Identity => MongoReading.Identity;

    /// <summary>Opens the database, making its collections where there are none.</summary>
    /// <param name="options">Where.</param>
    /// <param name="time">The clock by which a write is given up.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreUnavailableException">Nobody answers, or what answers cannot be used; the message says what to do.</exception>
    public static async Task<MongoTransferTarget> OpenAsync(
        MongoStoreOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var (client, collections) = await MongoOpening.OpenAsync(
            options,
            opened => new Preparation(opened, options.Protection.Marker).RunWithoutIndexesAsync(cancellation),
            cancellation
        );
        return new MongoTransferTarget(client, collections, options, time);
    }

    /// <inheritdoc />
    public Task<TransferBegin> BeginAsync(TransferStart copy, CancellationToken cancellation) =>
        Calls.ReadOnceAsync(
            async () =>
            {
                ArgumentNullException.ThrowIfNull(copy);
                if (await UnfinishedCopy.FindAsync(_collections, cancellation) is { } mark)
                    return await ResumeAsync(mark, copy, cancellation);
                foreach (var name in Filled)
                    if (
                        await _collections
                            .Database.GetCollection<BsonDocument>(name)
                            .Find(new BsonDocument())
                            .AnyAsync(cancellation)
                    )
                        return TransferBegin.Of(TransferAnswer.NotEmpty);
                return await _mark.TryBeginAsync(copy, cancellation)
                    ? TransferBegin.Of(TransferAnswer.Begun, copy)
                    : throw new StoreUnavailableException(
                        "Another process began a copy into this database a moment ago."
                    );
            },
            cancellation
        );

    /// <inheritdoc />
    public Task WriteAsync(
        TransferBatch? batch,
        TransferSection section,
        TransferBookmark bookmark,
        CancellationToken cancellation
    ) =>
        Calls.ReadOnceAsync(
            async () =>
            {
                await _mark.CheckAsync(cancellation);
                if (batch is not null)
                    await WriteAsync(batch, cancellation);
                await _mark.SaveAsync(section, bookmark, cancellation);
                return true;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task FinishAsync(IProgress<(int Done, int Total)> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        // All of it may be done again without harm.
        List<Func<Task>> steps =
        [
            .. Preparation.IndexedCollections.Select<string, Func<Task>>(collection =>
                () => _preparation.MakeIndexesAsync(collection, cancellation)
            ),
            () => BusyOccurrences.SetAsync(_collections, _bulk, cancellation),
        ];
        return Calls.ReadOnceAsync(
            async () =>
            {
                await _mark.CheckAsync(cancellation);
                for (var done = 0; done < steps.Count; done++)
                {
                    progress.Report((done, steps.Count));
                    await steps[done]();
                }

                progress.Report((steps.Count, steps.Count));
                return true;
            },
            cancellation
        );
    }

    /// <inheritdoc />
    public Task CompleteAsync(CancellationToken cancellation) =>
        Calls.ReadOnceAsync(
            async () =>
            {
                await _mark.EndAsync(cancellation);
                return true;
            },
            cancellation
        );

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

    /// <summary>Collections of which a document means that the database is not empty.</summary>
    private static IEnumerable<string> Filled =>
        ["resources", "occurrences", "subscriptions", "events", "registrations", "keys", "answers", "used"];

    private async Task<TransferBegin> ResumeAsync(BsonDocument mark, TransferStart copy, CancellationToken cancellation)
    {
        var known = UnfinishedCopy.Read(mark);
        if (known.Fingerprint != copy.Fingerprint)
            return TransferBegin.Of(TransferAnswer.AnotherCopy, known);
        await _mark.TakeOverAsync(cancellation);
        return new TransferBegin(TransferAnswer.Resumed, known, UnfinishedCopy.ReadBookmarks(mark));
    }

    private Task WriteAsync(TransferBatch batch, CancellationToken cancellation) =>
        batch.Section switch
        {
            TransferSection.Resources => new IncomingResources(_collections, _bulk, _protection).WriteAsync(
                [.. batch.Records.Cast<PortableResource>()],
                cancellation
            ),
            TransferSection.Occurrences => _bulk.InsertAsync(
                _collections.Occurrences,
                batch.Records.Select(r => IncomingOccurrences.Write((PortableOccurrence)r, _protection)),
                cancellation
            ),
            TransferSection.Events => new IncomingEvents(_collections, _bulk).WriteAsync(
                [.. batch.Records.Cast<PortableEvent>()],
                cancellation
            ),
            _ => new IncomingRest(_collections, _bulk, _protection).WriteAsync(batch.Records, cancellation),
        };
}
