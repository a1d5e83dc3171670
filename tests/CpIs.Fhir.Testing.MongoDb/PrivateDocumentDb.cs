namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>PostgreSQL with DocumentDB on a data folder of its own, and the gateway before it.</summary>
internal sealed class PrivateDocumentDb : IPrivateParts
{
    private readonly string _folder;
    private readonly string _logs;

    private PrivateDocumentDb(
        PrivateEngineOptions options,
        PrivateNetwork network,
        PrivateDisk disk,
        string folder,
        string gateway
    )
    {
        var (pgPort, port) = (FreePort.Find(), FreePort.Find());
        var query = options.Topology is "rs" or "arbiter" ? "?replicaSet=rs0" : "";
        _folder = folder;
        _logs = Directory.CreateTempSubdirectory("cpis-engine-").FullName;
        Network = network;
        Disk = disk;
        ConnectionString = $"mongodb://{network.Address}:{port}/{query}";
        Database = new(() =>
            GuardedProcess.StartAsync(
                Path.Combine(_logs, "postgres.log"),
                [
                    .. disk.Enter,
                    Path.Combine(DocumentDbEngine.Source(), "database"),
                    $"{pgPort}",
                    Path.GetFileName(folder),
                ]
            )
        );
        // By the socket in the folder, which is reached from any network namespace.
        var database = $"Host={Path.GetDirectoryName(folder)};Port={pgPort};Username=postgres;Database=postgres";
        string[] arguments = ["--topology", options.Topology, "--test-commands", "--pg", database];
        Gateway = new(() =>
            GuardedProcess.StartAsync(
                Path.Combine(_logs, "gateway.log"),
                [.. network.Enter, "dotnet", gateway, "--listen", $"{network.Address}:{port}", .. arguments]
            )
        );
    }

    public string ConnectionString { get; }

    public RestartableProcess Database { get; }

    public RestartableProcess Gateway { get; }

    public PrivateNetwork Network { get; }

    public PrivateDisk Disk { get; }

    public static async Task<PrivateDocumentDb> StartAsync(PrivateEngineOptions options)
    {
        var gateway = await DocumentDbEngine.InstallAsync();
        var network = options.Isolated ? await PrivateNetwork.CreateAsync() : PrivateNetwork.None;
        var all = Path.Combine(DocumentDbEngine.Folder, "root", "srv", "engine");
        var folder = Path.Combine(all, "private-" + Guid.NewGuid().ToString("N"));
        var disk = options.DiskMegabytes is { } size
            ? await PrivateDisk.CreateAsync(folder, Path.Combine(all, "template"), size)
            : PrivateDisk.None;
        var parts = new PrivateDocumentDb(options, network, disk, folder, gateway);
        await parts.Database.StartAsync();
        await parts.Gateway.StartAsync();
        return parts;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Database.DisposeAsync();
        await Network.DisposeAsync();
        await Disk.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_logs, recursive: true);
    }
}
