using System.Net;
using System.Text.Json;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

/// <summary>What an authority has not been told of, with a Subscription or without any, and who takes it.</summary>
public sealed class WorklistEndpointTests
{
    private static readonly string[] Now = ["asOf", "2026-11-30T00:00:00Z"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_authority_without_a_Subscription_sees_by_age_what_it_was_not_told_of_and_takes_it()
    {
        await using var exchange = await Exchange.StartAsync();
        var one = await exchange.Engine.LookUpAsync();
        var two = await exchange.Engine.LookUpAsync("555000000004");
        await exchange.Engine.LookUpAsync("555000000005", Engine.OtherAuthority);

        var list = await ReadAsync(exchange);
        Number(list, "untold").Should().Be(2);
        var attendances = Attendances(list);
        attendances.Select(each => Text(each, "id")).Should().Equal(one, two);
        Text(attendances[0], "reference").Should().MatchRegex("^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{4}$");
        attendances[0].GetRawText().Should().Contain("9990000018").And.Contain("An emergency department");
        list.GetRawText().Should().Contain("Subject to child protection plan").And.Contain("\"untold\"");

        var (taken, answer) = await TakeAsync(exchange, one, "Ann Example");
        taken.StatusCode.Should().Be(HttpStatusCode.OK, answer.GetRawText());
        Attendances(await ReadAsync(exchange)).Select(each => Text(each, "id")).Should().Equal(two);
        var told = await ReadAsync(exchange, "?state=taken&since=2026-11-01");
        told.GetRawText().Should().Contain("Ann Example").And.NotContain(two);
        (await exchange.Engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count.Should().Be(1);
        var audit = await exchange.Engine.Store.SearchOccurrencesAsync(
            new OccurrenceQuery { Kind = OccurrenceKind.Administration },
            Stop
        );
        audit.Items.Single().Acknowledged!.Person.Should().Be("Ann Example");
        (await exchange.Engine.Store.SearchOccurrencesAsync(new OccurrenceQuery { Kind = OccurrenceKind.Read }, Stop))
            .Items.Should()
            .NotBeEmpty("who sees children is on record");
    }

    [Fact]
    public async Task It_says_where_the_authority_is_told_of_what()
    {
        await using var exchange = await Exchange.StartAsync();
        (await ReadAsync(exchange)).GetRawText().Should().NotContain("\"place\"");
        await exchange.Engine.CreateAsync(Engine.InboxJson());
        var id = await exchange.Engine.SubscribeAsync(
            Engine.Hook,
            extra: "\"extension\": [{\"url\": \"https://fhir.cpis.example/StructureDefinition/place-of-action\", \"valueBoolean\": true}],"
        );

        var place = (await ReadAsync(exchange))
            .GetProperty("parameter")
            .EnumerateArray()
            .Single(each => each.GetProperty("name").GetString() == "place")
            .GetRawText();
        place.Should().Contain($"Subscription/{id}").And.Contain("record-accessed").And.Contain("rest-hook");
        place.Should().Contain("requested", "it has not shaken hands");
    }

    [Fact]
    public async Task What_arises_after_the_person_looked_stays_untold()
    {
        await using var exchange = await Exchange.StartAsync();
        var one = await exchange.Engine.LookUpAsync();
        var seen = exchange.Engine.Time.GetUtcNow();
        exchange.Engine.Time.Advance(TimeSpan.FromMinutes(5));
        var later = await exchange.Engine.LookUpAsync();

        await TakeAsync(exchange, one, "Ann Example", seen);

        var left = Attendances(await ReadAsync(exchange)).Single();
        Text(left, "id").Should().Be(later);
    }

    [Fact]
    public async Task A_page_leads_to_the_next_and_the_link_holds_no_child()
    {
        await using var exchange = await Exchange.StartAsync();
        var all = new List<string>();
        for (var i = 0; i < 5; i++)
            all.Add(await exchange.Engine.LookUpAsync($"55500000010{i}"));

        var read = new List<string?>();
        for (var url = "$worklist?_count=2"; url is not null; )
        {
            var (_, page) = await exchange.SendAsync(HttpMethod.Get, url);
            read.AddRange(Attendances(page).Select(each => Text(each, "id")));
            url = page.GetProperty("parameter")
                .EnumerateArray()
                .FirstOrDefault(p => p.GetProperty("name").GetString() == "next")
                is { ValueKind: JsonValueKind.Object } next
                ? next.GetProperty("valueUrl").GetString()
                : null;
            url?.Should().NotMatchRegex("[0-9]{10}", "that would be an NHS number; fewer digits come by chance");
        }

        read.Should().Equal(all);
    }

    [Fact]
    public async Task Another_authoritys_attendance_is_unknown_and_nothing_of_the_request_is_done()
    {
        await using var exchange = await Exchange.StartAsync();
        var own = await exchange.Engine.LookUpAsync();
        var others = await exchange.Engine.LookUpAsync("555000000004", Engine.OtherAuthority);

        foreach (var unknown in new[] { others, "no-such-attendance" })
        {
            var (refused, outcome) = await exchange.SendAsync(
                HttpMethod.Post,
                "$acknowledge",
                Body(["attendance", own], ["attendance", unknown], ["person", "Ann Example"], Now)
            );
            refused.StatusCode.Should().Be(HttpStatusCode.NotFound);
            outcome.GetRawText().Should().Contain("Attendance 2").And.NotContain(unknown);
        }

        (await exchange.Engine.Store.ReadOpenObligationsAsync(Engine.Authority, Stop)).Count.Should().Be(1);
    }

    [Fact]
    public async Task Without_the_time_at_which_the_person_looked_nothing_is_taken()
    {
        await using var exchange = await Exchange.StartAsync();
        var one = await exchange.Engine.LookUpAsync();

        var (refused, outcome) = await exchange.SendAsync(
            HttpMethod.Post,
            "$acknowledge",
            Body(["attendance", one], ["person", "Ann Example"])
        );

        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        outcome.GetRawText().Should().Contain("asOf");
    }

    [Fact]
    public async Task The_same_request_again_gets_the_first_answer()
    {
        await using var exchange = await Exchange.StartAsync();
        var one = await exchange.Engine.LookUpAsync();
        var request = ("X-Request-ID", Guid.NewGuid().ToString());
        var body = Body(["attendance", one], ["person", "Ann Example"], Now);

        var (_, first) = await exchange.SendAsync(HttpMethod.Post, "$acknowledge", body, request);
        var (_, second) = await exchange.SendAsync(HttpMethod.Post, "$acknowledge", body, request);

        second.GetRawText().Should().Be(first.GetRawText());
        Number(first, "taken").Should().Be(1);
    }

    [Fact]
    public async Task The_ledger_shows_each_attempt_a_test_is_sent_now_and_a_range_once_more()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var exchange = await Exchange.StartAsync();
        var (_, created) = await exchange.SendAsync(
            HttpMethod.Post,
            "Subscription",
            Engine.Json(receiver.Url, "requested", null, 1, "")
        );
        var id = created.GetProperty("id").GetString()!;
        await Eventually.TrueAsync(async () => (await StatusAsync(exchange, id)) == "active");
        await exchange.Engine.LookUpAsync();
        await Eventually.TrueAsync(async () =>
            (await exchange.Engine.Store.ReadLedgerAsync(id, Stop)) is { EventCount: 1, Undelivered: 0 }
        );

        var (tested, result) = await exchange.SendAsync(HttpMethod.Post, $"Subscription/{id}/$test");
        tested.StatusCode.Should().Be(HttpStatusCode.OK);
        result.GetRawText().Should().Contain("\"valueBoolean\":true");
        receiver.Posts.Last().Notification.Type.Should().Be(Core.Notifications.NotificationType.Heartbeat);
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var (_, failed) = await exchange.SendAsync(HttpMethod.Post, $"Subscription/{id}/$test");
        failed.GetRawText().Should().Contain("503").And.Contain("\"valueBoolean\":false");
        receiver.Answer = (_, _) => Task.CompletedTask;

        var (_, again) = await exchange.SendAsync(HttpMethod.Post, $"Subscription/{id}/$resend?first=1&last=5");
        Number(again, "events").Should().Be(1);
        await Eventually.TrueAsync(() => receiver.Events.Count() == 2);
        receiver.Events.Select(post => post.Headers["webhook-id"]).Distinct().Should().ContainSingle();

        var types = new List<string?>();
        await Eventually.TrueAsync(async () =>
        {
            types.Clear();
            for (var url = $"Subscription/{id}/$attempts?_count=2"; url is not null; )
            {
                var (_, page) = await exchange.SendAsync(HttpMethod.Get, url);
                var parameters = page.GetProperty("parameter").EnumerateArray().ToList();
                types.AddRange(
                    parameters
                        .Where(p => p.GetProperty("name").GetString() == "attempt")
                        .Select(attempt => Value(attempt, "type").GetString())
                );
                url = parameters.Find(p => p.GetProperty("name").GetString() == "next")
                    is { ValueKind: JsonValueKind.Object } next
                    ? next.GetProperty("valueUrl").GetString()
                    : null;
            }

            return types.Count == 5;
        });
        types.Should().Equal("event-notification", "heartbeat", "heartbeat", "event-notification", "handshake");
    }

    [Theory]
    [InlineData("$worklist?state=open", "state")]
    [InlineData("$worklist?since=yesterday", "since")]
    [InlineData("$worklist?_count=0", "_count")]
    [InlineData("$worklist?patient=1", "patient")]
    public async Task What_the_work_list_does_not_take_is_refused_by_name(string asked, string place)
    {
        await using var exchange = await Exchange.StartAsync();
        var (refused, outcome) = await exchange.SendAsync(HttpMethod.Get, asked);
        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        outcome.GetProperty("issue")[0].GetProperty("expression")[0].GetString().Should().Contain(place);
    }

    [Fact]
    public async Task A_setting_has_no_work_list()
    {
        await using var exchange = await Exchange.StartAsync();
        exchange.Http.DefaultRequestHeaders.Remove("X-Test-Authority");
        exchange.Http.DefaultRequestHeaders.Add("X-Test-Setting", Engine.Setting.Value);
        foreach (var (method, url) in new[] { (HttpMethod.Get, "$worklist"), (HttpMethod.Post, "$acknowledge") })
            (await exchange.SendAsync(method, url)).Response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    private static async Task<JsonElement> ReadAsync(Exchange exchange, string query = "")
    {
        var (response, body) = await exchange.SendAsync(HttpMethod.Get, "$worklist" + query);
        response.StatusCode.Should().Be(HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    private static async Task<string?> StatusAsync(Exchange exchange, string id) =>
        (await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}")).Body.GetProperty("status").GetString();

    private static Task<(HttpResponseMessage Response, JsonElement Body)> TakeAsync(
        Exchange exchange,
        string attendance,
        string person,
        DateTimeOffset? asOf = null
    ) =>
        exchange.SendAsync(
            HttpMethod.Post,
            "$acknowledge",
            Body(
                ["attendance", attendance],
                ["person", person],
                ["asOf", (asOf ?? exchange.Engine.Time.GetUtcNow()).ToString("O")]
            )
        );

    private static string Body(params string[][] parameters) =>
        JsonSerializer.Serialize(
            new
            {
                resourceType = "Parameters",
                parameter = parameters.Select(each => new { name = each[0], valueString = each[1] }),
            }
        );

    private static List<JsonElement> Attendances(JsonElement worklist) =>
        [
            .. worklist
                .GetProperty("parameter")
                .EnumerateArray()
                .Where(parameter => parameter.GetProperty("name").GetString() == "attendance"),
        ];

    private static string? Text(JsonElement attendance, string name) => Value(attendance, name).GetString();

    private static JsonElement Value(JsonElement parameter, string name) =>
        parameter
            .GetProperty("part")
            .EnumerateArray()
            .First(part => part.GetProperty("name").GetString() == name)
            .EnumerateObject()
            .Last()
            .Value;

    private static int Number(JsonElement parameters, string name) =>
        parameters
            .GetProperty("parameter")
            .EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == name)
            .GetProperty("valueInteger")
            .GetInt32();
}
