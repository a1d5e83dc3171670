using MongoDB.Driver;
using Xunit;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// One database for one test class (a class fixture), dropped afterwards. Where no engine can be had, whoever touches it is
/// skipped.
/// </summary>
public sealed class MongoDatabase : IAsyncLifetime
{
    private EngineSearchResult? _found;
    private MongoClient? _client;

    /// <summary>The engine that holds the database.</summary>
    public MongoEngine Engine
    {
        get
        {
            Assert.SkipWhen(_found?.Engine is null, _found?.WhyNone ?? "The fixture was not made ready.");
            return _found!.Engine!;
        }
    }

    /// <summary>Of nobody else: <c>cpis_test_</c> and 32 hexadecimal digits.</summary>
    public string Name { get; } = "cpis_test_" + Guid.NewGuid().ToString("N");

    /// <summary>A client with the driver's defaults, for what a test does besides the code under test.</summary>
    public IMongoClient Client => Engine is null ? null! : _client!;

    /// <summary>The database, seen through <see cref="Client"/>.</summary>
    public IMongoDatabase Database => Client.GetDatabase(Name);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _found = await MongoEngine.FindAsync();
        if (_found.Engine is { } engine)
            _client = new MongoClient(engine.ConnectionString);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_client is null)
            return;
        await _client.DropDatabaseAsync(Name);
        _client.Dispose();
    }
}
