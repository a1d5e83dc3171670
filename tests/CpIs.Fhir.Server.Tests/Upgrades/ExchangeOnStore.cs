using System.Net.Http.Headers;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>The whole server over HTTP on a store that may be older than it. Only the clock and the way out to receivers are ours.</summary>
internal sealed class ExchangeOnStore : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false });

    private ExchangeOnStore(WebApplication server, MovableClock clock, ScriptedSender sender) =>
        (_server, Clock, Sender) = (server, clock, sender);

    public MovableClock Clock { get; }

    public ScriptedSender Sender { get; }

    public IServiceProvider Services => _server.Services;

    private Uri Root => new(_server.Urls.First());

    public static async Task<ExchangeOnStore> StartAsync(StorePlace place, DateTimeOffset now)
    {
        var (clock, sender) = (new MovableClock(now), new ScriptedSender());
        var file = Path.Combine(place.Folder, "fhir.config.json");
        await File.WriteAllTextAsync(file, place.Settings());
        var server = await ExchangeHost.BuildAsync(
            new StartupArguments(Demo: true, Bench: true, "http://127.0.0.1:0", place.DataFolder, file),
            clock,
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<INotificationSender>(sender);
            },
            CancellationToken.None
        );
        await server.StartAsync();
        return new ExchangeOnStore(server, clock, sender);
    }

    /// <summary>A client of examples/clients, signed in now as the person of its file.</summary>
    public async Task<Speaker> AsAsync(string client)
    {
        var endpoint = new Uri(Root, "/oauth2/token");
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = ClientAssertion.Type,
                ["client_assertion"] = ClientAssertion.Create(
                    RunningExchange.Client(client),
                    endpoint.ToString(),
                    Clock
                ),
            }
        );
        using var answer = await _http.PostAsync(endpoint, form);
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.Should().BeTrue(body);
        using var token = JsonDocument.Parse(body);
        return new Speaker(
            _http,
            new Uri(Root, "/FHIR/R4/"),
            new AuthenticationHeaderValue("Bearer", token.RootElement.GetProperty("access_token").GetString())
        );
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
