using System.Net;
using System.Text.Json;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>An authority that can only call out: it fetches its notices, and a named person takes them.</summary>
public sealed class InboxTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_inbox_is_active_at_once_is_read_by_number_and_settles_when_a_person_takes()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = await SubscribeAsync(exchange);
        var one = await exchange.Engine.LookUpAsync();
        await EventsAsync(exchange, id, "?wait=20"); // What waits for long is told the newest first.
        var two = await exchange.Engine.LookUpAsync("555000000007");

        var read = await EventsAsync(exchange, id, "?eventsSinceNumber=2&wait=20");
        Numbers(read).Should().Equal("2");
        read.GetProperty("type").GetString().Should().Be("history");
        Status(read, "type").Should().Be("query-event");
        read.GetProperty("entry")[1].GetProperty("fullUrl").GetString().Should().EndWith("/AuditEvent/" + two);
        (await OpenAsync(exchange)).Should().Be(2, "reading settles nothing");

        var (taken, answer) = await AcknowledgeAsync(exchange, id, Number(1), Person("Ann Example"), Note("Phoned."));
        taken.StatusCode.Should().Be(HttpStatusCode.OK);
        Value(answer, "taken").GetInt32().Should().Be(1);
        (await OpenAsync(exchange)).Should().Be(1);
        (await exchange.Engine.Store.ReadEventsAsync(id, 1, 9, 9, Stop))
            .Select(e => e.Delivered is not null)
            .Should()
            .Equal(true, false);
        var (_, again) = await AcknowledgeAsync(exchange, id, Number(1), Number(2), Person("Bob Example"));
        (Value(again, "taken").GetInt32(), Value(again, "takenBefore").GetInt32()).Should().Be((1, 1));
        (await OpenAsync(exchange)).Should().Be(0);
        Numbers(await EventsAsync(exchange, id)).Should().Equal(["1", "2"], "what was taken can be read again");
        var (_, list) = await exchange.SendAsync(HttpMethod.Get, "$worklist?state=taken&since=2026-11-01");
        Notice(list, one).Should().Be(("taken", "Ann Example", "Phoned."));
        Notice(list, two).Should().Be(("taken", "Bob Example", null));
    }

    [Fact]
    public async Task Events_come_a_page_at_a_time_and_the_link_leads_on_within_what_was_asked()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = await SubscribeAsync(exchange);
        for (var i = 0; i < 7; i++)
            await exchange.Engine.LookUpAsync($"55500000010{i}");
        await EventsAsync(exchange, id, "?eventsSinceNumber=7&wait=20");

        var read = new List<string?>();
        var url = $"Subscription/{id}/$events?eventsSinceNumber=2&eventsUntilNumber=6&_count=2&content=empty";
        while (url is not null)
        {
            var (_, page) = await exchange.SendAsync(HttpMethod.Get, url);
            read.AddRange(Numbers(page));
            page.GetProperty("entry").GetArrayLength().Should().Be(1, "with empty nothing is named");
            url = page.GetProperty("link")
                .EnumerateArray()
                .FirstOrDefault(link => link.GetProperty("relation").GetString() == "next")
                is { ValueKind: JsonValueKind.Object } next
                ? next.GetProperty("url").GetString()
                : null;
        }

        read.Should().Equal("2", "3", "4", "5", "6");
    }

    [Fact]
    public async Task No_more_is_told_of_an_event_than_its_Subscription_agrees_to()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = await SubscribeAsync(exchange);
        foreach (var content in new[] { "empty", "id-only" })
            await EventsAsync(exchange, id, $"?content={content}");
        (await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$events?content=full-resource"))
            .Response.StatusCode.Should()
            .Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("\"endpoint\": \"https://hooks.example.org/\",", "cpis-subscription-channel")]
    [InlineData("\"header\": [ \"X-Key: 1\" ],", "cpis-subscription-channel")]
    public async Task Nothing_that_belongs_to_sending_goes_with_an_inbox(string extra, string rule)
    {
        await using var exchange = await Exchange.StartAsync();
        var (refused, outcome) = await exchange.SendAsync(
            HttpMethod.Post,
            "Subscription",
            Engine.InboxJson(extra: extra)
        );
        refused.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        outcome.GetRawText().Should().Contain(rule).And.Contain("Subscription.channel");
    }

    [Fact]
    public async Task A_websocket_and_another_message_channel_are_refused_and_a_Subscription_keeps_its_channel()
    {
        await using var exchange = await Exchange.StartAsync();
        foreach (
            var body in new[]
            {
                Engine.Json("https://hooks.example.org/", "requested", null, 1, "").Replace("rest-hook", "websocket"),
                Engine.InboxJson().Replace("\"inbox\"", "\"outbox\""),
                Engine.InboxJson().Replace("\"_type\"", "\"_endpoint\""),
            }
        )
        {
            var (refused, outcome) = await exchange.SendAsync(HttpMethod.Post, "Subscription", body);
            refused.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity, outcome.GetRawText());
            outcome.GetRawText().Should().Contain("Subscription.channel");
        }

        var id = await SubscribeAsync(exchange);
        var (changed, why) = await exchange.SendAsync(
            HttpMethod.Put,
            $"Subscription/{id}",
            Engine.Json("http://127.0.0.1:9/x", "requested", id, 1, "")
        );
        changed.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        why.GetRawText().Should().Contain("keeps its type of channel");
        var (tested, no) = await exchange.SendAsync(HttpMethod.Post, $"Subscription/{id}/$test");
        tested.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        no.GetRawText().Should().Contain("$events");
    }

    [Theory]
    [InlineData("$events?eventsSinceNumber=x", "eventsSinceNumber")]
    [InlineData("$events?wait=31", "wait")]
    [InlineData("$events?_count=0", "_count")]
    [InlineData("$events?content=all", "content")]
    [InlineData("$events?subject=1", "subject")]
    [InlineData("$attempts?wait=1", "wait")]
    public async Task What_an_operation_does_not_take_is_refused_by_name(string asked, string place)
    {
        await using var exchange = await Exchange.StartAsync();
        var id = await SubscribeAsync(exchange);
        var (refused, outcome) = await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/{asked}");
        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        outcome.GetProperty("issue")[0].GetProperty("expression")[0].GetString().Should().Contain(place);
    }

    [Fact]
    public async Task Another_authority_finds_nothing_and_nobody_takes_without_a_name()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = await SubscribeAsync(exchange);
        await exchange.Engine.LookUpAsync();
        await EventsAsync(exchange, id, "?wait=20");
        var other = ("X-Test-Authority", Engine.OtherAuthority.Value);

        foreach (var get in new[] { "$events", "$attempts" })
            (await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/{get}", null, other))
                .Response.StatusCode.Should()
                .Be(HttpStatusCode.NotFound);
        exchange.Http.DefaultRequestHeaders.Remove("X-Test-Authority");
        exchange.Http.DefaultRequestHeaders.Add("X-Test-Authority", Engine.OtherAuthority.Value);
        foreach (var post in new[] { "$test", "$resend?first=1" })
            (await exchange.SendAsync(HttpMethod.Post, $"Subscription/{id}/{post}"))
                .Response.StatusCode.Should()
                .Be(HttpStatusCode.NotFound);
        (await AcknowledgeAsync(exchange, id, Number(1), Person("Eve Example")))
            .Response.StatusCode.Should()
            .Be(HttpStatusCode.NotFound);
        exchange.Http.DefaultRequestHeaders.Remove("X-Test-Authority");
        exchange.Http.DefaultRequestHeaders.Add("X-Test-Authority", Engine.Authority.Value);

        foreach (
            var parameters in new[]
            {
                new[] { Number(1) },
                [Person("Ann Example")],
                [Number(1), Person("")],
                [Number(1), Person("Ann\u202eelpmaxE")],
                [Number(0), Person("Ann Example")],
                [Number(1), Person("Ann Example"), Person("Bob Example")],
                [Number(1), Person("Ann Example"), Note(new string('n', 1_001))],
                [Number(1), Person("Ann Example"), "{\"name\":\"number\"}"],
            }
        )
            (await AcknowledgeAsync(exchange, id, parameters))
                .Response.StatusCode.Should()
                .Be(HttpStatusCode.BadRequest, string.Join(',', parameters));
        (await AcknowledgeAsync(exchange, id, Number(2), Person("Ann Example")))
            .Response.StatusCode.Should()
            .Be(HttpStatusCode.NotFound, "there is no second event");
        (await OpenAsync(exchange)).Should().Be(1);
    }

    private static async Task<string> SubscribeAsync(Exchange exchange)
    {
        var (created, body) = await exchange.SendAsync(HttpMethod.Post, "Subscription", Engine.InboxJson());
        created.StatusCode.Should().Be(HttpStatusCode.Created, body.GetRawText());
        var id = body.GetProperty("id").GetString()!;
        await Eventually.TrueAsync(async () =>
            (await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}")).Body.GetProperty("status").GetString()
            == "active"
        );
        return id;
    }

    private static async Task<JsonElement> EventsAsync(Exchange exchange, string id, string query = "")
    {
        var (response, body) = await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$events{query}");
        response.StatusCode.Should().Be(HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    private static Task<(HttpResponseMessage Response, JsonElement Body)> AcknowledgeAsync(
        Exchange exchange,
        string id,
        params string[] parameters
    ) =>
        exchange.SendAsync(
            HttpMethod.Post,
            $"Subscription/{id}/$acknowledge",
            $$"""{ "resourceType": "Parameters", "parameter": [ {{string.Join(',', parameters)}} ] }"""
        );

    private static string Number(int number) => $$"""{ "name": "number", "valueInteger": {{number}} }""";

    private static string Person(string name) => Text("person", name);

    private static string Note(string text) => Text("note", text);

    private static string Text(string name, string value) =>
        $$"""{ "name": "{{name}}", "valueString": {{JsonSerializer.Serialize(value)}} }""";

    private static async Task<long> OpenAsync(Exchange exchange) =>
        (await exchange.Engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count;

    private static IEnumerable<string?> Numbers(JsonElement bundle) =>
        Parameters(bundle)
            .Where(parameter => parameter.GetProperty("name").GetString() == "notification-event")
            .Select(told => told.GetProperty("part")[0].GetProperty("valueString").GetString());

    private static string? Status(JsonElement bundle, string name) =>
        Parameters(bundle)
            .Single(parameter => parameter.GetProperty("name").GetString() == name)
            .GetProperty("valueCode")
            .GetString();

    private static JsonElement.ArrayEnumerator Parameters(JsonElement bundle) =>
        bundle.GetProperty("entry")[0].GetProperty("resource").GetProperty("parameter").EnumerateArray();

    private static JsonElement Value(JsonElement parameters, string name) =>
        parameters
            .GetProperty("parameter")
            .EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == name)
            .EnumerateObject()
            .Last()
            .Value;

    private static (string? State, string? By, string? Note) Notice(JsonElement worklist, string access)
    {
        var notice = worklist
            .GetProperty("parameter")
            .EnumerateArray()
            .Where(parameter => parameter.GetProperty("name").GetString() == "attendance")
            .SelectMany(attendance => attendance.GetProperty("part").EnumerateArray())
            .Where(part => part.GetProperty("name").GetString() == "notice")
            .Single(part => part.GetRawText().Contains(access, StringComparison.Ordinal));
        return (Part("state", "valueCode"), Part("takenBy", "valueString"), Part("note", "valueString"));

        string? Part(string name, string type) =>
            notice
                .GetProperty("part")
                .EnumerateArray()
                .FirstOrDefault(part => part.GetProperty("name").GetString() == name)
                is { ValueKind: JsonValueKind.Object } found
                ? found.GetProperty(type).GetString()
                : null;
    }
}
