using CpIs.Fhir.Testing.MongoDb;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>One deployment for all tests of this collection, which use children and authorities of their own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDeployment : IAsyncLifetime, ICollectionFixture<SharedDeployment>
{
    /// <summary>Of the collection.</summary>
    public const string Name = "One deployment of several servers";

    /// <summary>Access tokens that one client may have at once; it gets one more a second.</summary>
    public const int TokenBurst = 120;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["CPIS__Security__Limits__TokensPerSecond"] = "1",
        ["CPIS__Security__Limits__TokenBurst"] = $"{TokenBurst}",
    };

    private readonly MongoDatabase _database = new();
    private Deployment? _deployment;
    private string _whyNone = "";

    internal Deployment Deployment
    {
        get
        {
            Assert.SkipWhen(_deployment is null, _whyNone);
            return _deployment!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        var found = await MongoEngine.FindAsync();
        _whyNone = found.WhyNone;
        if (found.Engine is { } engine)
            _deployment = await Deployment.StartAsync(engine.ConnectionString, _database.Name, Settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_deployment is not null)
            await _deployment.DisposeAsync();
        await _database.DisposeAsync();
    }
}
