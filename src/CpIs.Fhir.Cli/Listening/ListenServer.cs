using System.Net;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Cli.Listening;

/// <summary>A receiver of notices on this machine: any path, POST only.</summary>
internal sealed class ListenServer : IAsyncDisposable
{
    private const int LargestBody = 5 * 1024 * 1024;
    private readonly WebApplication _app;

    private ListenServer(WebApplication app, Uri url) => (_app, Url) = (app, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Starts listening on the loopback.</summary>
    /// <param name="port">Port; 0 for a free one.</param>
    /// <param name="receiver">Takes what comes.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="CannotRunException">The port is taken.</exception>
    public static async Task<ListenServer> StartAsync(int port, NoticeReceiver receiver, CancellationToken cancellation)
    {
        // Else .NET watches all files below the current folder for settings that change.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] }
        );
        builder.Logging.ClearProviders();
        // Ctrl-C is the command's to handle, so that it can say what was received.
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, receiver));
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException taken)
        {
            await app.DisposeAsync();
            throw new CannotRunException($"cannot listen on port {port}: {taken.Message}", inner: taken);
        }

        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        return new ListenServer(app, new Uri(address));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, NoticeReceiver receiver)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers;
        context.Response.StatusCode = await receiver.ReceiveAsync(
            headers[WebhookSignature.IdHeader],
            headers[WebhookSignature.TimestampHeader],
            headers[WebhookSignature.SignatureHeader],
            body.ToArray(),
            context.RequestAborted
        );
    }

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
