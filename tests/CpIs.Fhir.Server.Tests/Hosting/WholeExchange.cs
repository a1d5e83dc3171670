using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Demo;
using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Server.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>The server as <c>--demo</c> puts it together, with the synthetic clients registered and nothing seeded.</summary>
internal sealed class WholeExchange : IAsyncDisposable
{
    private readonly string _directory;
    private readonly TestStore _store;
    private readonly Servers _servers;

    private WholeExchange(string directory, TestStore store, Servers servers) =>
        (_directory, _store, _servers) = (directory, store, servers);

    public HttpClient Http { get; } = Servers.NewClient();
    public IServiceProvider Services => _servers.First;
    public ExchangeUrls Urls => Services.GetRequiredService<ExchangeUrls>();
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<WholeExchange> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("cpis-whole-").FullName;
        var store = await TestStore.TakeAsync(Path.Combine(directory, "data"));
        var servers = await Servers.StartAsync(publicBaseUrl =>
            ExchangeHost.BuildAsync(
                Arguments(directory, config: store.Settings(new { Demo = new { Seed = false } }, publicBaseUrl)),
                Cancellation
            )
        );
        return new WholeExchange(directory, store, servers);
    }

    /// <summary>Arguments with a configuration of their own and a data folder in the directory.</summary>
    public static StartupArguments Arguments(
        string directory,
        bool demo = true,
        string urls = "http://127.0.0.1:0",
        string config = """{"Demo":{"Seed":false}}"""
    )
    {
        var file = Path.Combine(directory, "fhir.config.json");
        File.WriteAllText(file, config);
        return new StartupArguments(demo, false, urls, Path.Combine(directory, "data"), file);
    }

    public async Task<string> TokenAsync(string clientId)
    {
        var client = DemoRegistrations.ReadClients().Single(c => c.ClientId == clientId);
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = ClientAssertion.Type,
                ["client_assertion"] = ClientAssertion.Create(client, Urls.Token, TimeProvider.System),
            }
        );
        using var response = await Http.PostAsync(Urls.Token, form, Cancellation);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Cancellation));
        return answer.RootElement.GetProperty("access_token").GetString()!;
    }

    public async Task<(int Status, string Body)> SendAsync(
        HttpMethod method,
        string path,
        string token,
        string? json = null,
        Guid? requestId = null
    )
    {
        using var request = new HttpRequestMessage(method, $"{Urls.FhirBase}/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (requestId is { } id)
            request.Headers.Add("X-Request-ID", id.ToString());
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/fhir+json");
        using var response = await Http.SendAsync(request, Cancellation);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>The access that was recorded for a request.</summary>
    public async Task<Occurrence> AccessAsync(Guid requestId) =>
        (
            await Services
                .GetRequiredService<IOccurrenceStore>()
                .SearchOccurrencesAsync(new OccurrenceQuery { Kind = OccurrenceKind.Access }, Cancellation)
        ).Items.Single(access => access.RequestId == requestId.ToString());

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _servers.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>One exchange for all tests of a class.</summary>
public sealed class WholeExchangeFixture : IAsyncLifetime
{
    internal WholeExchange Exchange { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Exchange = await WholeExchange.StartAsync();

    public ValueTask DisposeAsync() => Exchange.DisposeAsync();
}
