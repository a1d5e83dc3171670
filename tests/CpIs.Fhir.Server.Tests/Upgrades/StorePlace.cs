using System.IO.Compression;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Testing.MongoDb;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>
/// Where the store of a fixture lies while a server works on it: a folder, or a MongoDB database; readable, or sealed by the
/// key file of the fixture.
/// </summary>
internal sealed class StorePlace : IAsyncDisposable
{
    private const string SqliteFile = "cpis.db";
    private const string Documents = "documents.bson.gz";
    private const string Keys = "synthetic.keys";

    private readonly MongoDatabase? _database;
    private readonly bool _isSealed;

    private StorePlace(MongoDatabase? database, bool isSealed) => (_database, _isSealed) = (database, isSealed);

    /// <summary>The server's data folder, its settings and the keys.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("cpis-upgrade-").FullName;

    /// <summary>Null for the embedded store.</summary>
    public MongoDatabase? Database => _database;

    /// <summary>Null for a readable store.</summary>
    public string? KeyFile => _isSealed ? Path.Combine(Folder, Keys) : null;

    public string DataFolder => Path.Combine(Folder, "data");

    public static async Task<StorePlace> TakeAsync(StoreForm form)
    {
        var database = form.IsMongoDb ? new MongoDatabase() : null;
        if (database is not null)
            await database.InitializeAsync();
        return new StorePlace(database, form.IsSealed);
    }

    /// <summary>Nothing in it; a sealed one gets keys.</summary>
    public void Begin()
    {
        if (KeyFile is not { } file)
            return;
        using var keys = ProtectionKeys.Make("synthetic");
        new ProtectionKeyFile(file).Create(keys);
    }

    /// <summary>What makes a server use it.</summary>
    public string Settings()
    {
        var all = new JsonObject { ["Demo"] = new JsonObject { ["Seed"] = false } };
        if (KeyFile is { } file)
            all.Add("Protection", new JsonObject { [nameof(KeyFile)] = file });
        if (_database is { } database)
        {
            all.Add("Repository", "MongoDb");
            all.Add(
                "MongoDbOptions",
                new JsonObject
                {
                    ["ConnectionString"] = database.Engine.ConnectionString,
                    [nameof(Database)] = database.Name,
                    ["MinPoolSize"] = 0,
                }
            );
        }

        return all.ToJsonString();
    }

    /// <summary>Puts the closed store into the folder of its fixture.</summary>
    public async Task SaveAsync(string fixture)
    {
        Directory.CreateDirectory(fixture);
        if (KeyFile is { } keys)
            File.Copy(keys, Path.Combine(fixture, Keys), overwrite: true);
        if (_database is null)
        {
            await using var file = File.OpenRead(Path.Combine(DataFolder, SqliteFile));
            await using var packed = Pack(Path.Combine(fixture, SqliteFile + ".gz"));
            await file.CopyToAsync(packed);
            return;
        }

        await using var dump = Pack(Path.Combine(fixture, Documents));
        using var names = await _database.Database.ListCollectionNamesAsync();
        foreach (var name in (await names.ToListAsync()).Order(StringComparer.Ordinal))
        foreach (
            var document in await _database
                .Database.GetCollection<BsonDocument>(name)
                .Find(new BsonDocument())
                .Sort(new BsonDocument("_id", 1))
                .ToListAsync()
        )
            await dump.WriteAsync(new BsonDocument { { "collection", name }, { "document", document } }.ToBson());
    }

    /// <summary>Puts the fixture where a server finds it.</summary>
    public async Task RestoreAsync(string fixture)
    {
        if (KeyFile is { } keys)
        {
            File.Copy(Path.Combine(fixture, Keys), keys);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        if (_database is null)
        {
            Directory.CreateDirectory(DataFolder);
            await using var packed = Unpack(Path.Combine(fixture, SqliteFile + ".gz"));
            await using var file = File.Create(Path.Combine(DataFolder, SqliteFile));
            await packed.CopyToAsync(file);
            return;
        }

        foreach (var ofOne in ReadDump(Path.Combine(fixture, Documents)).GroupBy(d => d["collection"].AsString))
            await _database
                .Database.GetCollection<BsonDocument>(ofOne.Key)
                .InsertManyAsync(ofOne.Select(d => d["document"].AsBsonDocument));
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static List<BsonDocument> ReadDump(string file)
    {
        using var whole = new MemoryStream();
        using (var packed = Unpack(file))
            packed.CopyTo(whole);
        whole.Position = 0;
        var documents = new List<BsonDocument>();
        while (whole.Position < whole.Length)
            documents.Add(BsonSerializer.Deserialize<BsonDocument>(whole));
        return documents;
    }

    private static GZipStream Pack(string file) => new(File.Create(file), CompressionLevel.SmallestSize);

    private static GZipStream Unpack(string file) => new(File.OpenRead(file), CompressionMode.Decompress);
}
