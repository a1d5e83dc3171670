using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// The servers of a fixture, in this process and at one address: one that listens there, or several with a round-robin in front.
/// </summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly List<WebApplication> _all = [];
    private readonly RoundRobin? _front = TestStore.Sharing > 0 ? new() : null;

    private Servers() { }

    /// <summary>Where they are reached.</summary>
    public Uri Root => _front?.Root ?? new Uri(_all[0].Urls.First());

    /// <summary>The services of one of them.</summary>
    public IServiceProvider First => _all[0].Services;

    /// <summary>Starts as many as share the store of a test.</summary>
    /// <param name="build">Makes one, given the FHIR base by which callers know all; empty where it is its own.</param>
    public static async Task<Servers> StartAsync(Func<string, Task<WebApplication>> build)
    {
        var servers = new Servers();
        var publicBaseUrl = servers._front is { } front ? new Uri(front.Root, ExchangeUrls.FhirPath).ToString() : "";
        try
        {
            for (var i = 0; i < Math.Max(1, TestStore.Sharing); i++)
            {
                servers._all.Add(await build(publicBaseUrl));
                if (servers._all[i].Services.GetService<IKeyStore>() is { } keys)
                    await TokenKey.GiveAsync(keys);
                await servers._all[i].StartAsync();
            }
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }

        servers._front?.Use(servers._all.Select(app => new Uri(app.Urls.First())));
        return servers;
    }

    /// <summary>A client of theirs: where they are several, its requests go to one after the other.</summary>
    public static HttpClient NewClient() =>
        new(TestStore.Sharing > 0 ? RoundRobin.NewClientHandler() : new SocketsHttpHandler { UseCookies = false });

    /// <summary>A service of each of them.</summary>
    public IEnumerable<T> Each<T>()
        where T : notnull => _all.Select(app => app.Services.GetRequiredService<T>());

    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
            await _front.DisposeAsync();
        foreach (var app in _all)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
