using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.Tests.MongoDb.Failures;

/// <summary>
/// The store on the engine that tests share, with a client name of its own, so that its commands alone can be made to fail.
/// </summary>
internal sealed class FailingStore : IAsyncDisposable
{
    private readonly string _appName;
    private readonly MongoDatabase _database;
    private readonly MongoStoreUnderTest _opened;

    private FailingStore(MongoDatabase database, string appName, MongoStoreUnderTest opened) =>
        (_database, _appName, _opened) = (database, appName, opened);

    public MongoStore Store => _opened.Store;

    /// <summary>Commands are carried out, and their answers lost.</summary>
    public static BsonDocument AnswerIsLost => new("closeAfter", true);

    /// <summary>Commands are lost before they are carried out.</summary>
    public static BsonDocument CommandIsLost => new("closeConnection", true);

    /// <param name="database">Where.</param>
    /// <param name="budget">How long a write is tried; it counts by the real clock.</param>
    public static async Task<FailingStore> OpenAsync(MongoDatabase database, TimeSpan? budget = null)
    {
        var appName = "cpis-" + Guid.NewGuid();
        var opened = await MongoStoreUnderTest.OpenAsync(
            database,
            TimeProvider.System,
            options => options with { WriteBudget = budget ?? TimeSpan.FromSeconds(30) },
            settings => settings.ApplicationName = appName
        );
        return new FailingStore(database, appName, opened);
    }

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

    public ValueTask DisposeAsync() => _opened.DisposeAsync();
}
