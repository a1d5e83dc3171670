using System.Collections.Concurrent;
using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Transfer;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>The store for many machines, in a database of its own.</summary>
internal sealed class MeasuredMongo : IMeasuredStore
{
    private static readonly string[] OfTheCallAlone = ["lsid", "$db", "$clusterTime", "readConcern", "maxTimeMS"];

    private readonly MongoStoreOptions _options;
    private readonly MongoClient _client;
    private readonly ConcurrentQueue<BsonDocument> _heard = new();
    private MongoStore? _hear;

    public MeasuredMongo(string connectionString)
    {
        _options = new MongoStoreOptions
        {
            ConnectionString = connectionString,
            Database = $"cpis_measure_{Guid.NewGuid():N}",
        };
        _client = new MongoClient(connectionString);
    }

    public string Name => "MongoDB";

    public IReadOnlyDictionary<string, string> ServerSettings =>
        new Dictionary<string, string>
        {
            ["CPIS__Repository"] = "MongoDb",
            ["CPIS__MongoDbOptions__ConnectionString"] = _options.ConnectionString,
            ["CPIS__MongoDbOptions__Database"] = _options.Database,
        };

    public IReadOnlyList<string> FloorArguments => ["--mongo-floor", _options.ConnectionString];

    public string FloorPhase => BenchRun.MongoPhase;

    private IMongoDatabase Database => _client.GetDatabase(_options.Database);

    public async Task<ITransferTarget> OpenTargetAsync(CancellationToken cancellation) =>
        await MongoTransferTarget.OpenAsync(_options, TimeProvider.System, cancellation);

    public async Task WriteAsync(
        Func<IRecordStore, IOccurrenceStore, CancellationToken, Task> write,
        CancellationToken cancellation
    )
    {
        await using var store = await MongoStore.OpenAsync(_options, TimeProvider.System, cancellation);
        await write(store, store, cancellation);
    }

    public async Task<long> WeighAsync(CancellationToken cancellation)
    {
        var told = await Database.RunCommandAsync<BsonDocument>(
            new BsonDocument("dbStats", 1),
            cancellationToken: cancellation
        );
        return told["storageSize"].ToInt64() + told["indexSize"].ToInt64();
    }

    public async Task<Examined> ExamineAsync(NhsNumber child, CancellationToken cancellation)
    {
        var told = new List<BsonDocument>();
        foreach (var find in await FindsOfLookUpAsync(child, cancellation))
        {
            var explained = await Database.RunCommandAsync<BsonDocument>(
                new BsonDocument { { "explain", find }, { "verbosity", "executionStats" } },
                cancellationToken: cancellation
            );
            told.Add(explained["executionStats"].AsBsonDocument);
        }

        return new Examined(
            told.Sum(t => t["totalDocsExamined"].ToInt64()),
            told.Sum(t => t["totalKeysExamined"].ToInt64())
        );
    }

    /// <summary>The reads as the store itself sends them, heard on the way.</summary>
    private async Task<IReadOnlyList<BsonDocument>> FindsOfLookUpAsync(NhsNumber child, CancellationToken cancellation)
    {
        _hear ??= await MongoStore.OpenAsync(
            _options,
            TimeProvider.System,
            settings =>
                settings.ClusterConfigurator = cluster =>
                    cluster.Subscribe<CommandStartedEvent>(command =>
                    {
                        if (command.CommandName == "find")
                            _heard.Enqueue(Explainable(command.Command));
                    }),
            cancellation
        );
        _heard.Clear();
        await _hear.ReadChildAsync(child, cancellation);
        await _hear.ReadHistoryAsync(
            child,
            "nobody",
            DateTimeOffset.UtcNow,
            AccessHistory.ReadLength,
            DateTimeOffset.MaxValue,
            cancellation
        );
        return [.. _heard];
    }

    private static BsonDocument Explainable(BsonDocument find) =>
        new(find.Where(element => !OfTheCallAlone.Contains(element.Name)).Select(element => element.DeepClone()));

    public async ValueTask DisposeAsync()
    {
        if (_hear is not null)
            await _hear.DisposeAsync();
        await _client.DropDatabaseAsync(_options.Database, CancellationToken.None);
        _client.Dispose();
    }
}
