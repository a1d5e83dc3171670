using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>The <c>mongod</c> on PATH, as a replica set of one in a temporary folder. Ends with this process.</summary>
internal static class Mongod
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    /// <summary>Starts one and returns its connection string; null where there is no <c>mongod</c>.</summary>
    public static async Task<string?> TryStartAsync()
    {
        if (!IsOnPath("mongod"))
            return null;
        var port = FreePort.Find();
        await StartAsync(Directory.CreateTempSubdirectory("cpis-mongod-").FullName, port, keep: false);
        await InitiateAsync(port);
        return ConnectionString(port);
    }

    public static string ConnectionString(int port) => $"mongodb://127.0.0.1:{port}/?replicaSet=rs0";

    public static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Test commands are on, so that a test may set fail points.</summary>
    public static Task<GuardedProcess> StartAsync(string folder, int port, bool keep) =>
        GuardedProcess.StartAsync(
            Path.Combine(folder, "mongod.log"),
            remove: keep ? "" : folder,
            $"mongod --port {port} --bind_ip 127.0.0.1 --replSet rs0 --setParameter enableTestCommands=1 --dbpath"
                .Split(' ')
                .Append(folder)
        );

    /// <summary>Makes it a replica set of one, and waits until it is primary.</summary>
    public static async Task InitiateAsync(int port)
    {
        var member = new BsonDocument { { "_id", 0 }, { "host", $"127.0.0.1:{port}" } };
        var set = new BsonDocument
        {
            { "_id", "rs0" },
            {
                "members",
                new BsonArray { member }
            },
        };
        using var alone = Connect($"mongodb://127.0.0.1:{port}/?directConnection=true");
        await alone.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("replSetInitiate", set));
        using var whole = Connect(ConnectionString(port));
        await whole
            .GetDatabase("admin")
            .RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), ReadPreference.Primary);
    }

    private static MongoClient Connect(string connectionString)
    {
        var settings = MongoClientSettings.FromConnectionString(connectionString);
        settings.ServerSelectionTimeout = Patience;
        return new MongoClient(settings);
    }
}
