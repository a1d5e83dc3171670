using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests.Notices;

/// <summary>What a watch asks for, and what it says when the exchange does not answer.</summary>
public sealed class WatchTests : IDisposable
{
    private const string Route = "GET /FHIR/R4/$worklist";

    private readonly Workshop _workshop = new();

    [Fact]
    public async Task An_exchange_that_does_not_answer_is_told_of_once_and_what_is_new_is_shown_afterwards()
    {
        await using var exchange = await StubExchange.StartAsync();
        var unavailable = Reply.Outcome(503, "Not now.");
        exchange.On(
            Route,
            List("a1"),
            unavailable,
            unavailable,
            new Reply(Reply.Cut, ""),
            List("a1", "b2"),
            new Reply(200, Empty)
        );

        using var watch = Watch(exchange);
        await watch.Out.SeesAsync("Nobody waits to be told.");
        watch.Interrupt();
        var ended = await watch.EndAsync();

        ended.Code.Should().Be(0);
        ended.Error.Split("cannot be read since").Should().HaveCount(2, "it is said once");
        ended.Error.Should().Contain("The work-list can be read again.");
        foreach (var reference in new[] { "REF-a1", "REF-b2" })
            ended.Out.Split(reference).Should().HaveCount(2, "each is shown once");
    }

    [Fact]
    public async Task Later_looks_ask_only_for_what_was_looked_up_since()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Route, List("a1"), List("b2"));

        using var watch = Watch(exchange);
        await watch.Out.SeesAsync("REF-b2");
        watch.Interrupt();
        await watch.EndAsync();

        exchange
            .To(Route)
            .Select(asked => Uri.UnescapeDataString(asked.Query))
            .Take(2)
            .Should()
            .Equal("?state=untold", "?state=untold&since=2026-11-23T22:05:00.000Z");
    }

    [Fact]
    public async Task A_refusal_ends_it()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(Route, Reply.Outcome(403, "Care settings cannot use this endpoint."));

        using var watch = Watch(exchange);
        var ended = await watch.EndAsync();

        ended.Code.Should().Be(1);
        ended.Error.Should().Contain("reading the work-list was refused (HTTP 403");
    }

    public void Dispose() => _workshop.Dispose();

    private const string Empty = """
        {"resourceType":"Parameters","parameter":[{"name":"asOf","valueInstant":"2026-11-23T22:20:00.000Z"},{"name":"untold","valueInteger":0}]}
        """;

    private static Reply List(params string[] ids) =>
        new(
            200,
            $$"""
            {"resourceType":"Parameters","parameter":[{"name":"asOf","valueInstant":"2026-11-23T22:20:00.000Z"},
             {"name":"untold","valueInteger":{{ids.Length}}},
             {{string.Join(',', ids.Select(Attendance))}}]}
            """
        );

    private static string Attendance(string id) =>
        $$"""
            {"name":"attendance","part":[{"name":"id","valueId":"{{id}}"},{"name":"reference","valueString":"REF-{{id}}"},
             {"name":"notice","part":[{"name":"access","valueReference":{"reference":"http://x/FHIR/R4/AuditEvent/{{id}}"} },
              {"name":"time","valueInstant":"2026-11-23T22:00:00.000Z"},{"name":"state","valueCode":"untold"}]}]}
            """;

    private Invocation Watch(StubExchange exchange) =>
        Invocation.Start(
            "worklist",
            "--watch",
            "--every",
            "1",
            "--server",
            exchange.Root,
            "--client",
            _workshop.Client
        );
}
