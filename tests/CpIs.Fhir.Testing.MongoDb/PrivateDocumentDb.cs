namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>PostgreSQL with DocumentDB on a data folder of its own, and the gateway before it.</summary>
internal sealed class PrivateDocumentDb : IPrivateParts
{
    private readonly string _folder;
    private readonly string _logs;

    private PrivateDocumentDb(PrivateEngineOptions options, PrivateNetwork network, string gateway)
    {
        var name = "private-" + Guid.NewGuid().ToString("N");
        var (root, pgPort, port) = (Path.Combine(DocumentDbEngine.Folder, "root"), FreePort.Find(), FreePort.Find());
        var query = options.Topology is "rs" or "arbiter" ? "?replicaSet=rs0" : "";
        _folder = Path.Combine(root, "srv/engine", name);
        _logs = Directory.CreateTempSubdirectory("cpis-engine-").FullName;
        Network = network;
        ConnectionString = $"mongodb://{network.Address}:{port}/{query}";
        Database = new(() =>
            GuardedProcess.StartAsync(
                Path.Combine(_logs, "postgres.log"),
                Path.Combine(DocumentDbEngine.Source(), "database"),
                $"{pgPort}",
                name
            )
        );
        // By the socket in the folder, which is reached from any network namespace.
        var database = $"Host={root}/srv/engine;Port={pgPort};Username=postgres;Database=postgres";
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

    public static async Task<PrivateDocumentDb> StartAsync(PrivateEngineOptions options)
    {
        var gateway = await DocumentDbEngine.InstallAsync();
        var network = options.Isolated ? await PrivateNetwork.CreateAsync() : PrivateNetwork.None;
        var parts = new PrivateDocumentDb(options, network, gateway);
        await parts.Database.StartAsync();
        await parts.Gateway.StartAsync();
        return parts;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Database.DisposeAsync();
        await Network.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_logs, recursive: true);
    }
}
