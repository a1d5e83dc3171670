using CpIs.Fhir.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// An engine of one test's own, with data of its own, to be killed, frozen, cut off and started again. Like the shared engine it
/// is DocumentDB behind its gateway (two processes), or a <c>mongod</c> (one). It ends with the test program, however that ends.
/// </summary>
public sealed class PrivateEngine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    private readonly IPrivateParts _parts;

    private PrivateEngine(IPrivateParts parts) => _parts = parts;

    /// <summary>Reaches it for as long as it lives; the port stays the same when it is started again.</summary>
    public string ConnectionString => _parts.ConnectionString;

    /// <summary>What stands behind it. A server has no gateway: there, both are the one process.</summary>
    public EngineKind Kind => _parts.Database == _parts.Gateway ? EngineKind.Server : EngineKind.DocumentDb;

    /// <summary>Starts one. Skips the running test where none can be had, or not with these options.</summary>
    public static async Task<PrivateEngine> StartAsync(PrivateEngineOptions? options = null)
    {
        options ??= new PrivateEngineOptions();
        var shared = await MongoEngine.GetAsync();
        IPrivateParts parts;
        if (shared.Kind == EngineKind.DocumentDb && DocumentDbEngine.IsInstalled)
            parts = await PrivateDocumentDb.StartAsync(options);
        else
        {
            Assert.SkipUnless(
                Mongod.IsOnPath("mongod"),
                "An engine of its own needs mongod on PATH, or tests/mongo-engine."
            );
            Assert.SkipUnless(
                options == new PrivateEngineOptions(),
                "Only tests/mongo-engine plays other topologies, or is cut off, or has a disk of its own."
            );
            parts = await PrivateMongod.StartAsync();
        }

        var engine = new PrivateEngine(parts);
        await engine.WaitUntilItAnswersAsync();
        return engine;
    }

    /// <summary>kill -9 of what clients talk to. Their connections are reset, new ones refused.</summary>
    public ValueTask KillGatewayAsync() => _parts.Gateway.KillAsync();

    /// <summary>kill -9 of what holds the data: the gateway answers "shutdown in progress", and after a restart the log is replayed.</summary>
    public ValueTask KillDatabaseAsync() => _parts.Database.KillAsync();

    /// <summary>SIGSTOP to what clients talk to: connections stay, and nothing is answered.</summary>
    public void FreezeGateway() => _parts.Gateway.Freeze();

    /// <summary>SIGSTOP to what holds the data, all its processes: the gateway greets, and no read or write ends.</summary>
    public void FreezeDatabase() => _parts.Database.Freeze();

    /// <summary>Lets whatever is frozen run again.</summary>
    public void Thaw()
    {
        _parts.Database.Thaw();
        _parts.Gateway.Thaw();
    }

    /// <summary>Takes the network away: packets vanish, no connection is closed. Only with <see cref="PrivateEngineOptions.Isolated"/>.</summary>
    public Task CutOffAsync() => _parts.Network.SetAsync(up: false);

    /// <summary>Gives the network back.</summary>
    public Task ReconnectAsync() => _parts.Network.SetAsync(up: true);

    /// <summary>Leaves no room on its disk. Only with <see cref="PrivateEngineOptions.DiskMegabytes"/>.</summary>
    public void FillDisk() => _parts.Disk.Fill();

    /// <summary>Makes room again. Where it has ended meanwhile, <see cref="RestartAsync"/> starts it.</summary>
    public void FreeDisk() => _parts.Disk.Free();

    /// <summary>Thaws and starts again what does not run, on the data that is there, and waits until it answers.</summary>
    public async Task RestartAsync()
    {
        Thaw();
        await _parts.Database.StartAsync();
        await _parts.Gateway.StartAsync();
        await WaitUntilItAnswersAsync();
    }

    /// <summary>Ends it and removes its data.</summary>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private async Task WaitUntilItAnswersAsync()
    {
        using var client = Connect();
        await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1));
    }

    private MongoClient Connect()
    {
        var settings = MongoClientSettings.FromConnectionString(ConnectionString);
        settings.ServerSelectionTimeout = Patience;
        // Or the driver would give us connections of other clients, which died with an earlier run.
        settings.ApplicationName = "cpis-" + Guid.NewGuid();
        return new MongoClient(settings);
    }
}
