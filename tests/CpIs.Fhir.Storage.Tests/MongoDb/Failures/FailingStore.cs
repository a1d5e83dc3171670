using System.Collections.Concurrent;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Driver.Core.Events;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>
/// The store on the engine that tests share, with a client name of its own, so that its commands alone can be made to fail.
/// </summary>
internal sealed class FailingStore : IAsyncDisposable
{
    private readonly string _appName = "cpis-" + Guid.NewGuid();
    private readonly ConcurrentDictionary<string, int> _sent = new();
    private readonly MongoDatabase _database;
    private MongoStoreUnderTest _opened = null!;
    private MongoStoreUnderTest _patient = null!;

    private FailingStore(MongoDatabase database) => _database = database;

    public MongoStore Store => _opened.Store;

    /// <summary>Another server on the same database, which has time and whose commands do not fail.</summary>
    public MongoStore Patient => _patient.Store;

    /// <summary>Commands are carried out, and their answers lost.</summary>
    public static BsonDocument AnswerIsLost => new("closeAfter", true);

    /// <summary>Commands are lost before they are carried out.</summary>
    public static BsonDocument CommandIsLost => new("closeConnection", true);

    /// <param name="database">Where.</param>
    /// <param name="budget">How long a write or a read is tried; long where a test says nothing.</param>
    /// <param name="time">The clock that the budget counts by; the real one where a test says nothing.</param>
    public static async Task<FailingStore> OpenAsync(
        MongoDatabase database,
        TimeSpan? budget = null,
        TimeProvider? time = null
    )
    {
        var failing = new FailingStore(database);
        failing._opened = await MongoStoreUnderTest.OpenAsync(
            database,
            time ?? TimeProvider.System,
            options => budget is { } given ? options with { WriteBudget = given, ReadTimeout = given } : options,
            settings =>
            {
                settings.ApplicationName = failing._appName;
                settings.ClusterConfigurator = cluster =>
                    cluster.Subscribe<CommandStartedEvent>(command =>
                        failing._sent.AddOrUpdate(command.CommandName, 1, static (_, times) => times + 1)
                    );
            }
        );
        failing._patient = await MongoStoreUnderTest.OpenAsync(database, TimeProvider.System);
        return failing;
    }

    /// <summary>How often <see cref="Store"/> has sent a command.</summary>
    public int Sent(string command) => _sent.GetValueOrDefault(command);

    /// <summary>Makes commands of this store fail; disposing of the answer ends it.</summary>
    /// <param name="data">How.</param>
    /// <param name="times">How often; null for always.</param>
    /// <param name="commands">Which.</param>
    public Task<FailPoint> FailAsync(BsonDocument data, int? times, params IEnumerable<string> commands) =>
        FailPoint.SetAsync(_database.Client, _appName, times, data, commands);

    /// <summary>Documents of a collection, seen by a client that does not fail.</summary>
    public Task<long> CountAsync(string collection, BsonDocument? filter = null) =>
        _database
            .Database.GetCollection<BsonDocument>(collection)
            .CountDocumentsAsync(filter ?? [], cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _opened.Store.DisposeAsync();
        await _patient.DisposeAsync();
    }
}
