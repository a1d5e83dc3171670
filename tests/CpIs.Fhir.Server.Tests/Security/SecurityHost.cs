using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Administration;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Demo;
using CpIs.Fhir.Server.Hosting.Stores;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.LookUps;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Server.Tests.Security;

/// <summary>A real Kestrel with the real security pieces over a real store, and one endpoint that tells who the caller is.</summary>
internal sealed class SecurityHost : IAsyncDisposable
{
    private readonly string _directory;
    private readonly TestStore _store;
    private readonly Servers _servers;

    private SecurityHost(string directory, TestStore store, Servers servers, FakeTimeProvider time)
    {
        (_directory, _store, _servers, Time) = (directory, store, servers, time);
        Http = Servers.NewClient();
        Http.BaseAddress = servers.Root;
    }

    public FakeTimeProvider Time { get; }
    public HttpClient Http { get; }
    public IServiceProvider Services => _servers.First;
    public IExchangeStore Store => Services.GetRequiredService<IExchangeStore>();
    public string TokenEndpoint => Services.GetRequiredService<ExchangeUrls>().Token;
    public string FhirBase => Services.GetRequiredService<ExchangeUrls>().FhirBase;

    /// <summary>Starts with the demo clients registered, so that the example files are tested on the way.</summary>
    public static async Task<SecurityHost> StartAsync(SecurityOptions? options = null, bool demo = true)
    {
        var directory = Directory.CreateTempSubdirectory("cpis-security-").FullName;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var store = await TestStore.TakeAsync(directory);
        var servers = await Servers.StartAsync(async publicBaseUrl =>
            Build(
                await store.OpenAsync(TimeProvider.System),
                time,
                publicBaseUrl,
                options ?? new SecurityOptions(),
                demo
            )
        );
        var host = new SecurityHost(directory, store, servers, time);
        if (demo)
            await DemoRegistrations.RegisterAsync(
                host.Services.GetRequiredService<RegistrationWriter>(),
                host.Services.GetRequiredService<IdGenerator>(),
                TestContext.Current.CancellationToken
            );
        await host.RefreshAsync();
        return host;
    }

    private static WebApplication Build(
        IExchangeStore store,
        FakeTimeProvider time,
        string publicBaseUrl,
        SecurityOptions options,
        bool demo
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStore(store);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IdGenerator>();
        builder.Services.AddSingleton<ServerLeases>();
        builder.Services.AddSingleton(p => new ExchangeUrls(p.GetRequiredService<IServer>(), publicBaseUrl));
        builder.Services.AddExchangeSecurity(options);
        builder.Services.AddAdmission();
        builder.Services.AddSingleton<IDispatchSignal, DispatchSignal>();
        builder.Services.AddLookUps(new LookUpOptions(), new ProtectedOptions());
        builder.Services.AddSingleton<RegistrationWriter>();
        if (!demo)
            builder.Services.AddHostedService<FirstOperator>();
        var app = builder.Build();
        app.UseMiddleware<FailureMiddleware>();
        app.UseMiddleware<RequestIdentityMiddleware>();
        app.UseRouting();
        app.UseAdmission();
        app.MapTokenEndpoint();
        app.MapAdministration();
        Guest[] everybody = [Guest.Authority(), Guest.Setting(), Guest.Tester(), Guest.Operator()];
        app.MapGet("/FHIR/R4/whoami", (HttpContext context) => Results.Json(context.Caller())).Admit(everybody);
        app.MapGet("/FHIR/R4/metadata", () => "open").Admit(Admits.Anyone);
        return app;
    }

    /// <summary>Every server takes over what another has changed, as each does once a second where the clock moves.</summary>
    public async Task RefreshAsync()
    {
        foreach (var directory in _servers.Each<DirectorySource>())
            await directory.RefreshAsync(TestContext.Current.CancellationToken);
        foreach (var keys in _servers.Each<KeyRing>())
            await keys.RefreshAsync(TestContext.Current.CancellationToken);
    }

    public static ClientFile Client(string clientId) =>
        DemoRegistrations.ReadClients().Single(c => c.ClientId == clientId);

    /// <summary>The answer to a token request with this assertion.</summary>
    public async Task<(int Status, JsonElement Body)> AskAsync(string assertion, string? scope = null)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = ClientAssertion.Type,
            ["client_assertion"] = assertion,
        };
        if (scope is not null)
            form["scope"] = scope;
        return await PostAsync(form);
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        using var response = await Http.PostAsync("/oauth2/token", content, TestContext.Current.CancellationToken);
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
        return (
            (int)response.StatusCode,
            await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)
        );
    }

    public async Task<string> TokenAsync(string clientId, ClientUser? user = null)
    {
        var (status, body) = await AskAsync(ClientAssertion.Create(Client(clientId), TokenEndpoint, Time, user));
        status.Should().Be(200, body.ToString());
        return body.GetProperty("access_token").GetString()!;
    }

    public async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> SendAsync(
        HttpMethod method,
        string path,
        string? token,
        object? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (method != HttpMethod.Get)
            await RefreshAsync();
        return (
            (int)response.StatusCode,
            text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default,
            response
        );
    }

    public async Task<int> StatusAsync(string path, string? token) =>
        (await SendAsync(HttpMethod.Get, path, token)).Status;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _servers.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
