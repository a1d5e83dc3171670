using CpIs.Fhir.Testing.MongoDb;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>A deployment on an engine of its own with a small disk, for the tests of one class.</summary>
public sealed class FailingDeployment : IAsyncLifetime
{
    private const int DiskMegabytes = 256;

    private static readonly Dictionary<string, string> Settings = new()
    {
        // Short, since each failure is waited for. What has to succeed is asked for until it does.
        ["CPIS__LookUp__TimeoutSeconds"] = "2",
        ["CPIS__MongoDbOptions__WriteBudget"] = "00:00:20",
    };

    public PrivateEngine Engine { get; private set; } = null!;

    internal Deployment Deployment { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Engine = await PrivateEngine.StartAsync(new() { DiskMegabytes = DiskMegabytes });
        Deployment = await Deployment.StartAsync(Engine.ConnectionString, "cpis", Settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (Deployment is not null)
            await Deployment.DisposeAsync();
        if (Engine is not null)
            await Engine.DisposeAsync();
    }
}
