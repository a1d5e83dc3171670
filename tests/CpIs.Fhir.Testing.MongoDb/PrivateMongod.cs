namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>A <c>mongod</c> of its own: one process is gateway and database.</summary>
internal sealed class PrivateMongod : IPrivateParts
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-mongod-").FullName;
    private readonly int _port = FreePort.Find();

    private PrivateMongod() => Database = new(() => Mongod.StartAsync(_folder, _port, keep: true));

    public string ConnectionString => Mongod.ConnectionString(_port);

    public RestartableProcess Database { get; }

    public RestartableProcess Gateway => Database;

    public PrivateNetwork Network => PrivateNetwork.None;

    public PrivateDisk Disk => PrivateDisk.None;

    public static async Task<PrivateMongod> StartAsync()
    {
        var parts = new PrivateMongod();
        await parts.Database.StartAsync();
        await Mongod.InitiateAsync(parts._port);
        return parts;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
