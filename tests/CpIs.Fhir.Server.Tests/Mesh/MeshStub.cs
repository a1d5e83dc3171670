using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Mesh;

/// <summary>A message as the stub has it.</summary>
internal sealed class StubMessage
{
    public required string Id { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required int Chunks { get; init; }

    public string Type { get; init; } = "DATA";

    public List<byte[]> Parts { get; } = [];

    public string Status { get; set; } = "accepted";

    public string Workflow => Headers["mex-workflowid"];

    public byte[] Whole => [.. Parts.SelectMany(part => part)];
}

/// <summary>
/// A MESH that behaves as the published sandbox does, over real HTTP on loopback; and where that is more lenient, as the specification says: a token is taken once
/// and within two hours, and only a registered workflow is carried.
/// </summary>
internal sealed class MeshStub : IAsyncDisposable
{
    public const string SharedKey = "TestKey";
    public const string Password = "password";
    public const string Exchange = "X26ABC1";
    public const string Authority = "X26ABC2";
    public const string Workflow = "TEST_WORKFLOW";

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, bool> _tokens = new(StringComparer.Ordinal);
    private int _last;

    private MeshStub(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    public string Url => _app.Urls.Single();

    /// <summary>Mailboxes that are registered, with the organisation of each.</summary>
    public Dictionary<string, string> Mailboxes { get; } = new() { [Exchange] = "X26", [Authority] = "XHF01" };

    public ConcurrentDictionary<string, StubMessage> Messages { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>A status to answer instead; null for none.</summary>
    public Func<HttpContext, int?> Fault { get; set; } = _ => null;

    /// <summary>Notices that were sent, in order.</summary>
    public IEnumerable<StubMessage> Sent =>
        Messages.Values.Where(m => m.Type == "DATA").OrderBy(m => m.Id, StringComparer.Ordinal);

    public static async Task<MeshStub> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new MeshStub(app, time);
        app.Use(stub.AdmitAsync);
        app.UseRouting();
        stub.Map(app.MapGroup("/messageexchange"));
        await app.StartAsync();
        return stub;
    }

    /// <summary>The service gives a message up: tracking says so, and a report goes into the sender's mailbox.</summary>
    public void GiveUp(StubMessage message)
    {
        message.Status = "undeliverable";
        Report(message, "14");
    }

    /// <summary>A report of non-delivery into the sender's mailbox, and nothing in tracking, as the sandbox makes it on request.</summary>
    public StubMessage Report(StubMessage message, string code) =>
        Keep(
            message.To,
            message.From,
            1,
            new Dictionary<string, string>
            {
                ["mex-workflowid"] = message.Workflow,
                ["mex-linkedmsgid"] = message.Id,
                ["mex-statuscode"] = code,
            },
            "REPORT"
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map(RouteGroupBuilder mesh)
    {
        mesh.MapGet(
            "/endpointlookup/{ods}/{workflow}",
            (string ods, string workflow) =>
                Results.Json(
                    new
                    {
                        results = Mailboxes
                            .Where(mailbox => mailbox.Value == ods && workflow == Workflow)
                            .Select(mailbox => new { mailbox_id = mailbox.Key, mailbox_name = "A mailbox" }),
                    }
                )
        );
        mesh.MapPost("/{mailbox}", (string mailbox) => Results.Ok());
        mesh.MapPost("/{mailbox}/outbox", SendAsync);
        mesh.MapPost("/{mailbox}/outbox/{id}/{chunk:int}", SendChunkAsync);
        mesh.MapGet("/{mailbox}/outbox/tracking", Track);
        mesh.MapGet("/{mailbox}/inbox", List);
        mesh.MapMethods(
            "/{mailbox}/inbox/{id}",
            ["GET", "HEAD"],
            (string mailbox, string id, HttpContext c) => Read(mailbox, id, 1, c)
        );
        mesh.MapGet("/{mailbox}/inbox/{id}/{chunk:int}", Read);
        mesh.MapPut(
            "/{mailbox}/inbox/{id}/status/acknowledged",
            (string mailbox, string id) =>
            {
                if (Find(mailbox, id) is not { } message)
                    return Results.NotFound();
                if (message.Status == "accepted")
                    message.Status = "acknowledged";
                return Results.Ok();
            }
        );
    }

    private async Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
        if (Fault(context) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        if (!IsAdmitted(context))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await next(context);
    }

    private bool IsAdmitted(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("NHSMESH ", StringComparison.Ordinal))
            return false;
        var token = header["NHSMESH ".Length..];
        if (
            token.Split(':') is not [var mailbox, var nonce, var count, var time, var hash]
            || !Mailboxes.ContainsKey(mailbox)
        )
            return false;
        var path = context.Request.Path.Value!.Split('/');
        if (path[2] != "endpointlookup" && path[2] != mailbox)
            return false;
        var expected = HMACSHA256.HashData(
            Encoding.ASCII.GetBytes(SharedKey),
            Encoding.ASCII.GetBytes($"{mailbox}:{nonce}:{count}:{Password}:{time}")
        );
        return hash == Convert.ToHexStringLower(expected)
            && DateTimeOffset.TryParseExact(
                time,
                "yyyyMMddHHmm",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var said
            )
            && (_time.GetUtcNow() - said).Duration() <= TimeSpan.FromHours(2)
            && _tokens.TryAdd(token, true);
    }

    private async Task<IResult> SendAsync(string mailbox, HttpContext context)
    {
        var headers = context.Request.Headers.ToDictionary(
            h => h.Key.ToLowerInvariant(),
            h => h.Value.ToString(),
            StringComparer.Ordinal
        );
        var to = headers.GetValueOrDefault("mex-to", "");
        if (!Mailboxes.ContainsKey(to))
            return Error("SEND", "12", "Unregistered to address");
        if (headers.GetValueOrDefault("mex-workflowid") != Workflow)
            return Error("SEND", "17", "Workflow ID not registered for mailbox");
        var range = headers.GetValueOrDefault("mex-chunk-range", "1:1").Split(':');
        if (range is not ["1", var count] || !int.TryParse(count, out var chunks))
            return Error("SEND", "InvalidHeaderChunks", "Invalid chunk values");
        var body = await BodyAsync(context);
        if (body.Length == 0)
            return Error("COLLECT", "02", "Data file is missing or inaccessible.");
        var message = Keep(mailbox, to, chunks, headers, "DATA");
        message.Parts.Add(body);
        return Accepted(message);
    }

    private async Task<IResult> SendChunkAsync(string mailbox, string id, int chunk, HttpContext context)
    {
        if (!Messages.TryGetValue(id, out var message))
            return Results.NotFound();
        if (message.From != mailbox)
            return Results.StatusCode(403);
        if (message.Status != "uploading")
            return Results.StatusCode(423);
        if (chunk > message.Chunks)
            return Results.StatusCode(406);
        if (context.Request.Headers["mex-chunk-range"] != $"{chunk}:{message.Chunks}")
            return Error("SEND", "InvalidHeaderChunks", "Invalid chunk values");
        message.Parts.Add(await BodyAsync(context));
        if (chunk == message.Chunks)
            message.Status = "accepted";
        return Accepted(message);
    }

    private IResult Track(string mailbox, string messageID) =>
        Messages.TryGetValue(messageID, out var message) && message.From == mailbox
            ? Results.Json(
                new
                {
                    message_id = message.Id,
                    local_id = message.Headers.GetValueOrDefault("mex-localid"),
                    status = message.Status,
                    status_success = message.Status is not ("error" or "undeliverable"),
                }
            )
            : Results.NotFound();

    private IResult List(string mailbox, string? workflow_filter) =>
        Results.Json(
            new
            {
                messages = Messages
                    .Values.Where(m => m.To == mailbox && m.Status == "accepted")
                    .Where(m => workflow_filter is null || m.Workflow == workflow_filter)
                    .OrderBy(m => m.Id, StringComparer.Ordinal)
                    .Select(m => m.Id),
            }
        );

    private IResult Read(string mailbox, string id, int chunk, HttpContext context)
    {
        if (Find(mailbox, id) is not { } message)
            return Results.NotFound();
        if (message.Status != "accepted")
            return Results.StatusCode(410);
        context.Response.Headers["mex-messagetype"] = message.Type;
        foreach (var (name, value) in message.Headers.Where(h => h.Key.StartsWith("mex-", StringComparison.Ordinal)))
            context.Response.Headers[name] = value;
        context.Response.StatusCode = chunk < message.Chunks ? 206 : 200;
        return message.Type == "REPORT" ? Results.Empty : new Part(message.Parts[chunk - 1]);
    }

    private StubMessage? Find(string mailbox, string id) =>
        Messages.TryGetValue(id, out var message) && message.To == mailbox ? message : null;

    private StubMessage Keep(string from, string to, int chunks, Dictionary<string, string> headers, string type)
    {
        var id = $"{_time.GetUtcNow():yyyyMMddHHmmss}_{Interlocked.Increment(ref _last):D6}";
        return Messages[id] = new StubMessage
        {
            Id = id,
            From = from,
            To = to,
            Headers = headers,
            Chunks = chunks,
            Type = type,
            Status = chunks > 1 ? "uploading" : "accepted",
        };
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static IResult Accepted(StubMessage message) =>
        Results.Json(new { message_id = message.Id }, statusCode: 202);

    private static IResult Error(string phase, string code, string words) =>
        Results.Json(
            new
            {
                detail = new[]
                {
                    new
                    {
                        @event = phase,
                        code,
                        msg = words,
                    },
                },
            },
            JsonSerializerOptions.Web,
            "application/vnd.mesh.v2+json",
            417
        );

    /// <summary>Bytes, without a status of its own.</summary>
    private sealed class Part(byte[] bytes) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => httpContext.Response.Body.WriteAsync(bytes).AsTask();
    }
}
