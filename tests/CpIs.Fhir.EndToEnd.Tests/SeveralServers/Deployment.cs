using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>Real servers, each a process of its own, on one database and behind a round-robin that callers know them by.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cpis-deployment-").FullName;
    private readonly Dictionary<string, string> _settings;
    private readonly ExchangeProcess[] _servers = new ExchangeProcess[Count];

    private Deployment(string connectionString, string database, IReadOnlyDictionary<string, string> settings)
    {
        _settings = new Dictionary<string, string>
        {
            ["CPIS__Repository"] = "MongoDb",
            ["CPIS__MongoDbOptions__ConnectionString"] = connectionString,
            ["CPIS__MongoDbOptions__Database"] = database,
            ["CPIS__PublicBaseUrl"] = new Uri(Front.Root, "/FHIR/R4").ToString(),
            ["CPIS__ShutdownGrace"] = "00:00:02",
        };
        foreach (var limit in (string[])["Client", "Person", "Tokens", "Address"])
            _settings[$"CPIS__Security__Limits__{limit}PerSecond"] = "1000000";
        foreach (var limit in (string[])["Client", "Person", "Token", "Address"])
            _settings[$"CPIS__Security__Limits__{limit}Burst"] = "1000000";
        foreach (var (key, value) in settings)
            _settings[key] = value;
    }

    /// <summary>Two in CI, four in .ci/prove.</summary>
    public static int Count { get; } = Proof.Of(everyDay: 2, inFull: 4);

    public RoundRobin Front { get; } = new();

    public IReadOnlyList<ExchangeProcess> Servers => _servers;

    /// <summary>Starts all at the same moment, on a database that need not be there.</summary>
    /// <param name="connectionString">The engine.</param>
    /// <param name="database">The database.</param>
    /// <param name="settings">Environment variables of every server.</param>
    public static async Task<Deployment> StartAsync(
        string connectionString,
        string database,
        IReadOnlyDictionary<string, string> settings
    )
    {
        var deployment = new Deployment(connectionString, database, settings);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Count).Select(server => deployment.StartAsync(server, port: 0)));
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }

        deployment.Front.Use(deployment._servers.Select(server => server.Root));
        deployment.Front.Watch();
        return deployment;
    }

    /// <summary>A client that speaks to whichever server is next.</summary>
    public Task<Actor> SignInAsync(string client, ClientUser? user = null) =>
        Actor.SignInAsync(Front.Root, Front.Root, client, user);

    /// <summary>One client with one token, at each server.</summary>
    public async Task<IReadOnlyList<Actor>> SignInAtEachAsync(string client, ClientUser? user = null)
    {
        using var one = await SignInAsync(client, user);
        return [.. _servers.Select(server => one.At(server.Root))];
    }

    /// <summary>Stops one as an upgrade does, and starts it again in its place.</summary>
    public async Task RestartAsync(int server)
    {
        await _servers[server].StopAsync();
        await StartAgainAsync(server);
    }

    /// <summary>kill -9 of one, which is started again in its place.</summary>
    public async Task KillAsync(int server)
    {
        await _servers[server].KillAsync();
        await StartAgainAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        foreach (var server in _servers)
            if (server is not null)
                await server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAgainAsync(int server)
    {
        var port = _servers[server].Root.Port;
        await _servers[server].DisposeAsync();
        await StartAsync(server, port);
    }

    private async Task StartAsync(int server, int port) =>
        _servers[server] = await ExchangeProcess.StartAsync(_folder, settings: _settings, port: port);
}
