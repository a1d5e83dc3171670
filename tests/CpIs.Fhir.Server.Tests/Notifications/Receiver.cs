using System.Collections.Concurrent;
using CpIs.Fhir.Core.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>One POST as the receiver got it.</summary>
internal sealed record Received(Dictionary<string, string> Headers, string Url, byte[] Body)
{
    public Notification Notification =>
        NotificationReader.TryRead(Body, out var read) ? read : throw new FormatException();

    public bool IsSignedBy(IReadOnlyCollection<ReadOnlyMemory<byte>> keys, DateTimeOffset now) =>
        WebhookSignature.Verify(
            Headers["webhook-id"],
            Headers["webhook-timestamp"],
            Headers["webhook-signature"],
            Body,
            keys,
            now
        );
}

/// <summary>A real web server on loopback that answers as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public ConcurrentQueue<Received> Posts { get; } = new();

    public Func<HttpContext, Received, Task> Answer { get; set; } =
        (context, _) =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        };

    public string Url => _app.Urls.Single() + "/hook";

    public IEnumerable<Received> Events => Posts.Where(p => p.Notification.Type == NotificationType.EventNotification);

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var received = new Received(
            context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            context.Request.Path + context.Request.QueryString,
            body.ToArray()
        );
        Posts.Enqueue(received);
        await Answer(context, received);
    }
}
