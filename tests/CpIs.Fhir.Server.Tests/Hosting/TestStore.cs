using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Restores;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Storage.MongoDb;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Restores;
using CpIs.Fhir.Storage.Sqlite;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Restores;
using CpIs.Fhir.Testing.MongoDb;
using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;

[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// The store of one fixture: the embedded one in a folder with one server on it; or, where CPIS_TEST_SERVERS says how many, a
/// MongoDB database with that many servers, for the second run of these tests.
/// </summary>
internal sealed class TestStore : IAsyncDisposable
{
    // The most that the options allow.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly MongoDatabase? _database;

    private TestStore(string folder, MongoDatabase? database) => (_folder, _database) = (folder, database);

    /// <summary>How many servers share it; 0 for one on the embedded store.</summary>
    public static int Sharing { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("CPIS_TEST_SERVERS"), out var servers) ? servers : 0;

    /// <param name="folder">For the embedded store; whoever gives it removes it.</param>
    public static async Task<TestStore> TakeAsync(string folder) =>
        new(folder, Sharing > 0 ? await TestDatabases.TakeAsync() : null);

    private SqliteStoreOptions Sqlite =>
        new()
        {
            Directory = _folder,
            WriteTimeout = Limit,
            SearchTimeout = Limit,
        };

    private MongoStoreOptions Mongo =>
        new()
        {
            ConnectionString = _database!.Engine.ConnectionString,
            Database = _database.Name,
            MinPoolSize = 0,
            ConnectTimeout = Limit,
            ServerSelectionTimeout = Limit,
            ReadTimeout = Limit,
            WriteBudget = Limit,
        };

    /// <summary>Opens it, once for each server. Whoever does closes it.</summary>
    public async Task<IExchangeStore> OpenAsync(TimeProvider time) =>
        _database is null
            ? await SqliteStore.OpenAsync(Sqlite, time, CancellationToken.None)
            : await MongoStore.OpenAsync(Mongo, time, CancellationToken.None);

    /// <summary>A copy of what it holds now, as an operator makes one; what is given back puts it in the place of all that came since.</summary>
    public async Task<Func<Task>> CopyAsync()
    {
        if (_database is not null)
            return (await CopiedDatabase.TakeAsync(_database)).PutBackAsync;
        var copy = CopiedFolder.Take(_folder, Path.Combine(_folder, "copy.db"));
        return () =>
        {
            copy.PutBack();
            return Task.CompletedTask;
        };
    }

    /// <summary>For the step after a restore, while nobody has it open.</summary>
    public async Task<IStoreRestore> OpenRestoreAsync(TimeProvider time) =>
        _database is null
            ? SqliteStoreRestore.Open(Sqlite)
            : await MongoStoreRestore.OpenAsync(Mongo, time, CancellationToken.None);

    /// <summary>
    /// Settings with what makes a server use it, be known by the address in front of all, and wait long: no test here depends
    /// on how fast the machine is, but one that says so itself.
    /// </summary>
    /// <param name="settings">fhir.config.json of the fixture.</param>
    /// <param name="publicBaseUrl">FHIR base of all; empty where there is one server.</param>
    public string Settings(object settings, string publicBaseUrl)
    {
        var all = JsonSerializer.SerializeToNode(settings)!.AsObject();
        if (publicBaseUrl.Length > 0)
            all.TryAdd("PublicBaseUrl", publicBaseUrl);
        all.TryAdd("LookUp", new JsonObject { ["TimeoutSeconds"] = (int)Limit.TotalSeconds });
        if (_database is null)
            all.Add(
                "SqliteDbOptions",
                new JsonObject { ["WriteTimeout"] = $"{Limit}", ["SearchTimeout"] = $"{Limit}" }
            );
        else
        {
            all.Add("Repository", "MongoDb");
            all.Add(
                "MongoDbOptions",
                new JsonObject
                {
                    ["ConnectionString"] = _database.Engine.ConnectionString,
                    ["Database"] = _database.Name,
                    ["MinPoolSize"] = 0,
                    ["ConnectTimeout"] = $"{Limit}",
                    ["ServerSelectionTimeout"] = $"{Limit}",
                    ["ReadTimeout"] = $"{Limit}",
                    ["WriteBudget"] = $"{Limit}",
                }
            );
        }

        return all.ToJsonString();
    }

    /// <summary>Everything in it as a thief would have it: the bytes of its files, or of its documents.</summary>
    public async Task<List<byte[]>> ReadRawAsync(CancellationToken cancellation)
    {
        var raw = new List<byte[]>();
        if (_database is null)
        {
            foreach (var file in Directory.GetFiles(_folder))
                raw.Add(await File.ReadAllBytesAsync(file, cancellation));
            return raw;
        }

        using var names = await _database.Database.ListCollectionNamesAsync(cancellationToken: cancellation);
        foreach (var name in await names.ToListAsync(cancellation))
        foreach (
            var document in await _database
                .Database.GetCollection<BsonDocument>(name)
                .Find(new BsonDocument())
                .ToListAsync(cancellation)
        )
            raw.Add(document.ToBson());
        return raw;
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await TestDatabases.GiveBackAsync(_database);
    }
}
