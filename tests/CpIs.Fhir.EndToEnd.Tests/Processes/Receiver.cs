using System.Collections.Concurrent;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>An authority's webhook: takes every notification and remembers what it told of.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public string Endpoint => _app.Urls.First() + "/notify";

    /// <summary>Event number to the ids of its AuditEvents; a repeat overwrites itself.</summary>
    public ConcurrentDictionary<long, IReadOnlyList<string>> Events { get; } = new();

    /// <summary>How often each event came.</summary>
    public ConcurrentDictionary<long, int> Deliveries { get; } = new();

    public bool HasHandshake { get; private set; }

    /// <summary>While true, it takes nothing and asks to be asked again in a second.</summary>
    public bool IsDown { get; set; }

    /// <summary>While it is set, it answers nothing: what comes waits for its end.</summary>
    public Task? Hold { get; set; }

    public IEnumerable<string> Accesses => Events.Values.SelectMany(ids => ids);

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver._app.MapPost("/notify", (RequestDelegate)receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Subscribes as an authority and waits until the handshake has been answered.</summary>
    public async Task SubscribeAsync(Actor authority)
    {
        using var answer = await authority.PostJsonAsync(
            "Subscription",
            System.Text.Encoding.UTF8.GetBytes(
                $$"""
                {"resourceType":"Subscription","status":"requested","reason":"test",
                 "criteria":"https://fhir.cpis.example/SubscriptionTopic/record-accessed",
                 "channel":{"type":"rest-hook","endpoint":"{{Endpoint}}","payload":"application/fhir+json"} }
                """
            )
        );
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
        await Eventually.TrueAsync(() => HasHandshake, () => "the handshake comes");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        if (IsDown)
        {
            context.Response.Headers.RetryAfter = "1";
            context.Response.StatusCode = 503;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (!NotificationReader.TryRead(body.ToArray(), out var notice))
        {
            context.Response.StatusCode = 400;
            return;
        }

        HasHandshake |= notice.Type == NotificationType.Handshake;
        foreach (var told in notice.Events)
        {
            Deliveries.AddOrUpdate(told.Number, 1, static (_, times) => times + 1);
            Events[told.Number] =
            [
                .. told.References.Select(reference => reference[(reference.LastIndexOf('/') + 1)..]),
            ];
        }

        if (Hold is { } hold && notice.Type == NotificationType.EventNotification)
            await hold;
        context.Response.StatusCode = 204;
    }
}
