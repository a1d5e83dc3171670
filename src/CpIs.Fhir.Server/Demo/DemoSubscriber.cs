using System.Threading.Channels;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Demo;

/// <summary>
/// The authority's end of the line: a small web server of its own on loopback that takes notifications, believes only what
/// is signed with the exchange's published keys, and hands them on.
/// </summary>
internal sealed class DemoSubscriber : IAsyncDisposable
{
    private const int MaximumBody = 64 * 1024;
    private readonly Channel<Notification> _notices = Channel.CreateBounded<Notification>(
        new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly Uri _keys;
    private readonly TimeProvider _time;

    private DemoSubscriber(ExchangeUrls urls, TimeProvider time)
    {
        (_keys, _time) = (new Uri(urls.Root + "/.well-known/webhook-keys.json"), time);
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = Http.HostArguments.WatchNothing }
        );
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/notify", (RequestDelegate)TakeAsync);
    }

    /// <summary>Where it listens.</summary>
    public string Endpoint => _app.Urls.First() + "/notify";

    /// <summary>Notifications that were signed as they should be, in the order they came.</summary>
    public ChannelReader<Notification> Notices => _notices.Reader;

    public static async Task<DemoSubscriber> StartAsync(
        ExchangeUrls urls,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var subscriber = new DemoSubscriber(urls, time);
        await subscriber._app.StartAsync(cancellation);
        return subscriber;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var read = await RequestBody.ReadAsync(context, MaximumBody);
        var keys = WebhookKeySet.Read(await _http.GetByteArrayAsync(_keys, context.RequestAborted));
        var isGenuine =
            !read.IsRefused(out _, out var body)
            && WebhookSignature.Verify(
                headers[WebhookSignature.IdHeader],
                headers[WebhookSignature.TimestampHeader],
                headers[WebhookSignature.SignatureHeader],
                body.Span,
                keys,
                _time.GetUtcNow()
            );
        if (!isGenuine || !NotificationReader.TryRead(body, out var notice))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await _notices.Writer.WriteAsync(notice, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
