using System.Net;
using System.Text;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Tests;

public sealed class ListenTests : IDisposable
{
    private static readonly string Notice = """
        {"resourceType":"Bundle","id":"n1","type":"history","entry":[{"resource":{"resourceType":"Parameters","parameter":[
        {"name":"subscription","valueReference":{"reference":"http://x/FHIR/R4/Subscription/s1"}},
        {"name":"status","valueCode":"active"},{"name":"type","valueCode":"event-notification"},
        {"name":"events-since-subscription-start","valueString":"7"},
        {"name":"notification-event","part":[{"name":"event-number","valueString":"7"},
        {"name":"timestamp","valueInstant":"2026-11-20T22:14:07.512Z"},
        {"name":"focus","valueReference":{"reference":"http://x/FHIR/R4/AuditEvent/a1"}}]}]}}]}
        """;

    private readonly HttpClient _http = new();
    private readonly byte[] _seed = WebhookSignature.NewSeed();

    [Fact]
    public async Task A_signed_notice_is_taken_and_shown_once_and_ends_the_count()
    {
        await using var exchange = await WithKeys(_seed);
        using var listen = Invocation.Start(
            "listen",
            "--port",
            "0",
            "--server",
            exchange.Root,
            "--json",
            "--count",
            "2"
        );
        var url = await UrlOf(listen);
        (await Post(url, "n1", Notice, _seed)).Should().Be(HttpStatusCode.NoContent);
        (await Post(url, "n1", Notice, _seed)).Should().Be(HttpStatusCode.NoContent, "a repeat is taken too");
        (await Post(url, "n2", Notice, _seed)).Should().Be(HttpStatusCode.NoContent);
        var ended = await listen.EndAsync();
        ended.Code.Should().Be(0);
        ended.Objects.Should().HaveCount(2, "the repeat was not shown");
        ended.Objects[0]["events"]![0]!.ToJsonString().Should().Contain("\"number\":7").And.Contain("AuditEvent/a1");
        exchange.To("GET /.well-known/webhook-keys.json").Should().HaveCount(1);
    }

    [Fact]
    public async Task What_is_forged_altered_unsigned_or_old_is_refused_and_not_shown()
    {
        await using var exchange = await WithKeys(_seed);
        using var listen = Invocation.Start("listen", "--port", "0", "--server", exchange.Root);
        var url = await UrlOf(listen);
        (await Post(url, "n1", Notice, WebhookSignature.NewSeed()))
            .Should()
            .Be(HttpStatusCode.BadRequest, "another key");
        (await Post(url, "n2", Notice, _seed, age: 301)).Should().Be(HttpStatusCode.BadRequest, "old");
        (await Post(url, "n3", Notice, _seed, age: -310)).Should().Be(HttpStatusCode.BadRequest, "from the future");
        (await Post(url, "n4", Notice, _seed, sent: Notice.Replace("7", "8", StringComparison.Ordinal)))
            .Should()
            .Be(HttpStatusCode.BadRequest, "altered");
        (await Post(url, "n5", "{}", _seed)).Should().Be(HttpStatusCode.BadRequest, "signed, but no notice");
        using var bare = new StringContent(Notice);
        (await _http.PostAsync(url, bare, TestContext.Current.CancellationToken))
            .StatusCode.Should()
            .Be(HttpStatusCode.BadRequest, "unsigned");
        (await _http.GetAsync(url, TestContext.Current.CancellationToken))
            .StatusCode.Should()
            .Be(HttpStatusCode.MethodNotAllowed);
        listen.Interrupt();
        var ended = await listen.EndAsync();
        ended.Code.Should().Be(0, "Ctrl-C is how it ends");
        ended.Out.Should().BeEmpty();
    }

    [Fact]
    public async Task Numbers_that_did_not_come_are_told_of_with_the_command_that_reads_them()
    {
        await using var exchange = await WithKeys(_seed);
        using var listen = Invocation.Start("listen", "--port", "0", "--server", exchange.Root, "--count", "3");
        var url = await UrlOf(listen);
        foreach (var number in new[] { "7", "8", "11" })
            await Post(url, "n" + number, Notice.Replace("\"7\"", $"\"{number}\"", StringComparison.Ordinal), _seed);

        var ended = await listen.EndAsync();

        ended.Error.Split("did not come here").Should().HaveCount(2, "of what came before the first nothing is known");
        ended
            .Error.Should()
            .Contain(
                "Events 9 to 10 did not come here. To read them: cpis subscription events s1 --since 9 --until 10"
            );
    }

    [Fact]
    public async Task When_the_keys_cannot_be_had_the_sender_is_asked_to_come_again()
    {
        await using var exchange = await StubExchange.StartAsync();
        using var listen = Invocation.Start("listen", "--port", "0", "--server", exchange.Root);
        (await Post(await UrlOf(listen), "n1", Notice, _seed)).Should().Be(HttpStatusCode.ServiceUnavailable);
        listen.Interrupt();
        await listen.EndAsync();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_exit_2()
    {
        await using var exchange = await StubExchange.StartAsync();
        var port = new Uri(exchange.Root).Port;
        var ended = await Invocation.RunAsync("listen", "--port", $"{port}", "--server", exchange.Root);
        ended.Code.Should().Be(2);
        ended.Error.Should().StartWith($"cpis: cannot listen on port {port}: ");
    }

    public void Dispose() => _http.Dispose();

    private static async Task<StubExchange> WithKeys(byte[] seed)
    {
        var exchange = await StubExchange.StartAsync();
        var keys = WebhookKeySet.Write([("k1", WebhookSignature.PublicKeyOf(seed))]);
        exchange.On("GET /.well-known/webhook-keys.json", new Reply(200, Encoding.UTF8.GetString(keys)));
        return exchange;
    }

    private static async Task<string> UrlOf(Invocation listen)
    {
        var line = await listen.Error.SeesAsync("Listening on ");
        return line.Split("Listening on ")[1].Split(' ')[0];
    }

    private async Task<HttpStatusCode> Post(
        string url,
        string id,
        string body,
        byte[] seed,
        int age = 0,
        string? sent = null
    )
    {
        var timestamp = WebhookSignature.Timestamp(TimeProvider.System.GetUtcNow().AddSeconds(-age));
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.Add(
            WebhookSignature.SignatureHeader,
            WebhookSignature.Sign(id, timestamp, Encoding.UTF8.GetBytes(body), [seed])
        );
        request.Content = new StringContent(sent ?? body, Encoding.UTF8, "application/fhir+json");
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
