using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Cli.Tests.Stub;

/// <summary>A real HTTP server that answers what a test tells it to, and remembers what it was asked.</summary>
internal sealed class StubExchange : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, Func<Asked, Reply>> _replies = [];

    private StubExchange(WebApplication app) => _app = app;

    public string Root { get; private set; } = "";

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public IEnumerable<Asked> To(string route) => Requests.Where(r => r.Route == route);

    public static async Task<StubExchange> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var stub = new StubExchange(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        stub.Root = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        stub.On(
            "GET /FHIR/R4/.well-known/smart-configuration",
            _ => new Reply(200, $$"""{"token_endpoint":"{{stub.Root}}/oauth2/token"}""")
        );
        stub.On(
            "POST /oauth2/token",
            _ => new Reply(200, """{"access_token":"stub-token","token_type":"Bearer","expires_in":300}""")
        );
        return stub;
    }

    public void On(string route, Func<Asked, Reply> reply) => _replies[route] = reply;

    public void On(string route, params Reply[] inTurn)
    {
        var next = -1;
        On(route, _ => inTurn[Math.Min(Interlocked.Increment(ref next), inTurn.Length - 1)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var asked = new Asked(
            $"{context.Request.Method} {context.Request.Path}",
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Encoding.UTF8.GetString(body.ToArray())
        )
        {
            Query = context.Request.QueryString.Value ?? "",
        };
        Requests.Enqueue(asked);
        var reply = _replies.TryGetValue(asked.Route, out var make) ? make(asked) : Reply.Outcome(404, "not known.");
        if (reply.Status == Reply.Cut)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        var bytes = Encoding.UTF8.GetBytes(reply.Body);
        context.Response.ContentType = "application/fhir+json";
        if (reply.Status != 204)
        {
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}

internal sealed record Asked(string Route, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>With its question mark; empty for none.</summary>
    public string Query { get; init; } = "";
}

internal sealed record Reply(int Status, string Body, params (string Name, string Value)[] Headers)
{
    /// <summary>The connection is cut without an answer.</summary>
    public const int Cut = -1;

    public static Reply Outcome(int status, string text, string? place = null, string? rule = null) =>
        new(
            status,
            new JsonObject
            {
                ["resourceType"] = "OperationOutcome",
                ["issue"] = new JsonArray(
                    new JsonObject
                    {
                        ["severity"] = "error",
                        ["code"] = "business-rule",
                        ["details"] = new JsonObject
                        {
                            ["coding"] = new JsonArray(
                                Coding(FhirSystems.SpineErrorOrWarningCode, "INVALID_VALUE"),
                                rule is null ? null : Coding(FhirSystems.Rule, rule)
                            ),
                        },
                        ["diagnostics"] = text,
                        ["expression"] = place is null ? null : new JsonArray(place),
                    }
                ),
            }.ToJsonString()
        );

    private static JsonObject Coding(string system, string code) => new() { ["system"] = system, ["code"] = code };
}
