using System.Net.Http.Headers;
using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Hosting.Stores;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Notifications;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Worklists;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>The third journey over real HTTP with the real clock; who calls is said by a header instead of a token.</summary>
internal sealed class Exchange : IAsyncDisposable
{
    private readonly Servers _servers;

    private Exchange(Servers servers, Engine engine)
    {
        (_servers, Engine) = (servers, engine);
        Http = Servers.NewClient();
        Http.BaseAddress = new Uri(servers.Root, ExchangeUrls.FhirPath + "/");
        Http.DefaultRequestHeaders.Add("X-Test-Authority", Engine.Authority.Value);
    }

    public Engine Engine { get; }

    public HttpClient Http { get; }

    /// <summary>The services of one of its servers.</summary>
    public IServiceProvider Services => _servers.First;

    /// <summary>Tells the servers to stop, and does not wait for it.</summary>
    public void Stop()
    {
        foreach (var lifetime in _servers.Each<IHostApplicationLifetime>())
            lifetime.StopApplication();
    }

    public static async Task<Exchange> StartAsync(NotificationOptions? options = null)
    {
        var engine = await Engine.StartAsync(options);
        var servers = await Servers.StartAsync(async publicBaseUrl =>
        {
            var (store, keys) = await engine.OpenAgainAsync();
            return Build(engine, store, keys, publicBaseUrl);
        });
        return new Exchange(servers, engine);
    }

    private static WebApplication Build(Engine engine, IExchangeStore store, KeyRing keys, string publicBaseUrl)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var services = builder.Services;
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        services.Configure<RouteOptions>(o => o.SetParameterPolicy<FhirIdConstraint>(FhirIdConstraint.Name));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IdGenerator>();
        services.AddSingleton<IKeyRing>(keys);
        services.AddStore(store);
        services.AddSingleton<ServerLeases>();
        services.AddSingleton<IOrganisationDirectory>(engine);
        services.AddSingleton(new BundleOptions());
        services.AddSingleton(Engine.Profiles);
        services.AddSingleton<CursorProtector>();
        services.AddSingleton<Paging>();
        services.AddSingleton<RecordedReads>();
        services.AddWorklists();
        services.AddSingleton(p => new ExchangeUrls(p.GetRequiredService<IServer>(), publicBaseUrl));
        services.AddNotifications(
            engine.Options with
            {
                RetrySchedule = "0.1s",
                Quiet = TimeSpan.Zero,
                Idle = TimeSpan.FromMilliseconds(100),
                Timeout = NotificationOptions.MaximumTimeout,
                ConnectTimeout = NotificationOptions.MaximumTimeout,
            }
        );
        var app = builder.Build();
        app.UseMiddleware<RequestIdentityMiddleware>();
        app.UseRouting();
        app.Use(
            (context, next) =>
            {
                if (OdsCode.TryParse(context.Request.Headers["X-Test-Authority"], out var authority))
                    context.Features.Set(Engine.Caller(authority));
                if (OdsCode.TryParse(context.Request.Headers["X-Test-Setting"], out var setting))
                    context.Features.Set(Engine.Caller(setting, CallerKind.Setting));
                var admits = context.GetEndpoint()!.Metadata.GetMetadata<Admits>()!;
                return admits.Guests.Count > 0 && admits.Check(context.Caller()) is { } refusal
                    ? FhirResponse.WriteAsync(context, refusal)
                    : next(context);
            }
        );
        app.MapWebhookKeys();
        var fhir = app.MapGroup(ExchangeUrls.FhirPath);
        fhir.MapSubscriptions();
        fhir.MapSubscriptionOperations();
        fhir.MapWorklists();
        return app;
    }

    public async Task<(HttpResponseMessage Response, JsonElement Body)> SendAsync(
        HttpMethod method,
        string url,
        string? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
            request.Content = new StringContent(body, new MediaTypeHeaderValue("application/fhir+json"));
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return (response, bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _servers.DisposeAsync();
        await Engine.DisposeAsync();
    }
}
