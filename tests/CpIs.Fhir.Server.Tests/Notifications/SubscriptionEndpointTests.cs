using System.Net;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications;

public sealed class SubscriptionEndpointTests
{
    [Fact]
    public async Task The_whole_journey_over_HTTP_with_a_receiver_that_fails_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var exchange = await Exchange.StartAsync();
        var failures = 0;
        receiver.Answer = (context, post) =>
        {
            var isFirstEvent =
                post.Notification.Type == NotificationType.EventNotification
                && Interlocked.Increment(ref failures) == 1;
            context.Response.StatusCode = isFirstEvent ? 500 : 204;
            return Task.CompletedTask;
        };

        var (created, body) = await PostAsync(exchange, receiver.Url);
        created.StatusCode.Should().Be(HttpStatusCode.Created);
        var id = body.GetProperty("id").GetString()!;
        created.Headers.Location!.ToString().Should().Be($"{exchange.Http.BaseAddress}Subscription/{id}/_history/1");
        created.Headers.ETag!.ToString().Should().Be("W/\"1\"");
        body.GetProperty("status").GetString().Should().Be("requested");
        await Eventually.TrueAsync(() => receiver.Posts.Any(p => p.Notification.Type == NotificationType.Handshake));

        var access = await exchange.Engine.LookUpAsync();
        await Eventually.TrueAsync(() => receiver.Events.Count() == 2);

        var (first, second) = (receiver.Events.First(), receiver.Events.Last());
        second.Body.Should().NotBeEmpty();
        second.Headers["webhook-id"].Should().Be(first.Headers["webhook-id"]);
        second.Notification.Events.Single().References.Single().Should().EndWith($"/FHIR/R4/AuditEvent/{access}");
        var root = exchange.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var keys = WebhookKeySet.Read(
            await exchange.Http.GetByteArrayAsync(
                root + "/.well-known/webhook-keys.json",
                TestContext.Current.CancellationToken
            )
        );
        receiver.Posts.Should().OnlyContain(p => p.IsSignedBy(keys, DateTimeOffset.UtcNow));
        receiver.Posts.Should().OnlyContain(p => !(p.Url + string.Join(' ', p.Headers.Values)).Contains("9990000018"));

        await Eventually.TrueAsync(async () =>
            Part((await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$status")).Body, "status") == "active"
        );
        var (_, status) = await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$status");
        status.GetProperty("type").GetString().Should().Be("searchset");
        Part(status, "type").Should().Be("query-status");
        Part(status, "events-since-subscription-start").Should().Be("1");
    }

    [Fact]
    public async Task A_repeat_under_the_same_request_id_gets_the_first_answer_and_another_body_is_a_conflict()
    {
        await using var exchange = await Exchange.StartAsync();
        var request = ("X-Request-ID", Guid.NewGuid().ToString());
        var body = Engine.Json("http://127.0.0.1:9/x", "off", null, 1, "");

        var (first, one) = await exchange.SendAsync(HttpMethod.Post, "Subscription", body, request);
        var (second, two) = await exchange.SendAsync(HttpMethod.Post, "Subscription", body, request);
        var (third, outcome) = await exchange.SendAsync(HttpMethod.Post, "Subscription", body + " ", request);

        (first.StatusCode, second.StatusCode).Should().Be((HttpStatusCode.Created, HttpStatusCode.Created));
        two.GetRawText().Should().Be(one.GetRawText());
        second.Headers.Location.Should().Be(first.Headers.Location);
        second.Headers.ETag.Should().Be(first.Headers.ETag);
        third.StatusCode.Should().Be(HttpStatusCode.Conflict);
        Outcome(outcome).Should().Contain("X-Request-ID");
        var (_, found) = await exchange.SendAsync(HttpMethod.Get, "Subscription");
        found.GetProperty("total").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task An_update_honours_If_Match_and_asks_for_the_same_id()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = (await PostAsync(exchange, "http://127.0.0.1:9/x", "off")).Body.GetProperty("id").GetString()!;
        var body = Engine.Json("http://127.0.0.1:9/y", "off", id, 1, "");

        var (stale, _) = await exchange.SendAsync(HttpMethod.Put, $"Subscription/{id}", body, ("If-Match", "W/\"7\""));
        var (bad, _) = await exchange.SendAsync(HttpMethod.Put, $"Subscription/{id}", body, ("If-Match", "x"));
        var (other, _) = await exchange.SendAsync(
            HttpMethod.Put,
            $"Subscription/{id}",
            Engine.Json("http://127.0.0.1:9/y", "off", "other", 1, "")
        );
        var (done, updated) = await exchange.SendAsync(
            HttpMethod.Put,
            $"Subscription/{id}",
            body,
            ("If-Match", "W/\"1\"")
        );

        stale.StatusCode.Should().Be(HttpStatusCode.PreconditionFailed);
        bad.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        other.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        done.StatusCode.Should().Be(HttpStatusCode.OK);
        done.Headers.ETag!.ToString().Should().Be("W/\"2\"");
        updated.GetProperty("meta").GetProperty("versionId").GetString().Should().Be("2");
        var (_, first) = await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/_history/1");
        first.GetProperty("channel").GetProperty("endpoint").GetString().Should().EndWith("/x");
    }

    [Fact]
    public async Task A_deleted_Subscription_sends_nothing_more_is_gone_for_every_read_and_stays_in_its_history()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var exchange = await Exchange.StartAsync();
        var id = (await PostAsync(exchange, receiver.Url)).Body.GetProperty("id").GetString()!;
        await Eventually.TrueAsync(async () =>
            Part((await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/$status")).Body, "status") == "active"
        );

        async Task<HttpStatusCode> Delete(string which, params (string, string)[] headers) =>
            (await exchange.SendAsync(HttpMethod.Delete, $"Subscription/{which}", null, headers)).Response.StatusCode;
        (await Delete(id, ("If-Match", "W/\"77\""))).Should().Be(HttpStatusCode.PreconditionFailed);
        (await Delete(id, ("X-Test-Authority", Engine.OtherAuthority.Value))).Should().Be(HttpStatusCode.NotFound);
        (await Delete("nobody")).Should().Be(HttpStatusCode.NotFound);
        (await Delete(id)).Should().Be(HttpStatusCode.NoContent);
        (await Delete(id)).Should().Be(HttpStatusCode.NoContent, "it is gone already");
        await exchange.Engine.LookUpAsync();

        foreach (var url in new[] { $"Subscription/{id}", $"Subscription/{id}/$status" })
            (await exchange.SendAsync(HttpMethod.Get, url)).Response.StatusCode.Should().Be(HttpStatusCode.Gone, url);
        var put = Engine.Json(receiver.Url, "requested", id, 1, "");
        (await exchange.SendAsync(HttpMethod.Put, $"Subscription/{id}", put))
            .Response.StatusCode.Should()
            .Be(HttpStatusCode.Gone);
        foreach (var search in new[] { "Subscription", "Subscription?status=off", "Subscription/$status" })
            (await exchange.SendAsync(HttpMethod.Get, search)).Body.GetProperty("total").GetInt32().Should().Be(0);
        var (again, told) = await exchange.SendAsync(
            HttpMethod.Delete,
            $"Subscription/{id}",
            null,
            ("Prefer", "return=OperationOutcome")
        );
        again.StatusCode.Should().Be(HttpStatusCode.OK);
        Outcome(told).Should().Contain("deleted before");
        var (_, first) = await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}/_history/1");
        first.GetProperty("channel").GetProperty("endpoint").GetString().Should().Be(receiver.Url);
        receiver.Events.Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_has_ended_already_is_refused_and_so_is_a_condition_that_nobody_reads()
    {
        await using var exchange = await Exchange.StartAsync();
        var body = Engine
            .Json("http://127.0.0.1:9/x", "requested", null, 1, "")
            .Replace("\"status\"", "\"end\":\"2020-01-01T00:00:00Z\",\"status\"", StringComparison.Ordinal);

        var (ended, outcome) = await exchange.SendAsync(HttpMethod.Post, "Subscription", body);
        var (conditional, _) = await exchange.SendAsync(
            HttpMethod.Post,
            "Subscription",
            Engine.Json("http://127.0.0.1:9/x", "off", null, 1, ""),
            ("If-None-Exist", "url=http://127.0.0.1:9/x")
        );

        ended.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        Outcome(outcome).Should().Contain("The end has passed");
        conditional.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await exchange.SendAsync(HttpMethod.Get, "Subscription")).Body.GetProperty("total").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task Not_yours_is_unknown_and_a_setting_has_no_Subscriptions()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = (await PostAsync(exchange, "http://127.0.0.1:9/x", "off")).Body.GetProperty("id").GetString()!;
        var other = ("X-Test-Authority", Engine.OtherAuthority.Value);

        foreach (
            var url in new[] { $"Subscription/{id}", $"Subscription/{id}/_history/1", $"Subscription/{id}/$status" }
        )
        {
            var (theirs, text) = await exchange.SendAsync(HttpMethod.Get, url, null, other);
            var (none, words) = await exchange.SendAsync(HttpMethod.Get, url.Replace(id, "none"), null, other);
            (theirs.StatusCode, none.StatusCode).Should().Be((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
            text.GetRawText().Should().Be(words.GetRawText());
        }

        var put = Engine.Json("http://127.0.0.1:9/y", "off", id, 1, "");
        (await exchange.SendAsync(HttpMethod.Put, $"Subscription/{id}", put, other))
            .Response.StatusCode.Should()
            .Be(HttpStatusCode.NotFound);
        (await exchange.SendAsync(HttpMethod.Get, "Subscription", null, other))
            .Body.GetProperty("total")
            .GetInt32()
            .Should()
            .Be(0);
        (await exchange.SendAsync(HttpMethod.Get, $"Subscription/$status?id={id}", null, other))
            .Body.GetProperty("total")
            .GetInt32()
            .Should()
            .Be(0);
        (await exchange.SendAsync(HttpMethod.Get, "Subscription", null, ("X-Test-Setting", "XED01")))
            .Response.StatusCode.Should()
            .Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Search_by_url_and_status_finds_its_own_and_refuses_what_it_does_not_know()
    {
        await using var exchange = await Exchange.StartAsync();
        await PostAsync(exchange, "http://127.0.0.1:9/x", "off");
        var asked = Engine
            .Json("http://127.0.0.1:9/y", "off", null, 1, "")
            .Replace("fhir+json", "fhir+json; fhirVersion=4.0", StringComparison.Ordinal);
        await exchange.SendAsync(HttpMethod.Post, "Subscription", asked);

        async Task<int> Total(string query) =>
            (await exchange.SendAsync(HttpMethod.Get, "Subscription?" + query)).Body.GetProperty("total").GetInt32();
        (await Total("")).Should().Be(2);
        (await Total("url=http://127.0.0.1:9/y")).Should().Be(1);
        (await Total("status=off,error")).Should().Be(2);
        (await Total("status=active")).Should().Be(0);
        (await Total("criteria=https://fhir.cpis.example/SubscriptionTopic/record-accessed")).Should().Be(2);
        (await Total("criteria=https://fhir.cpis.example/&payload=application/fhir%2Bjson")).Should().Be(2);
        (await Total("criteria=Flag")).Should().Be(0);
        (await Total("payload=application/fhir+json")).Should().Be(2, "a plus that is not escaped is meant as one");
        (await Total("payload=urn:ietf:bcp:13|application/fhir%2Bjson,x")).Should().Be(2);
        (await Total("payload=http://example.org|application/fhir%2Bjson")).Should().Be(0);
        (await Total("payload=application/fhir%2Bxml")).Should().Be(0);
        (await Total("payload=urn:ietf:bcp:13|&url=http://127.0.0.1:9/x")).Should().Be(1);
        (await Total("_count=0")).Should().Be(2);
        (await Total("_format=json")).Should().Be(2);
        (await Total("_lastUpdated=ge2020&_sort=-_lastUpdated&_total=accurate")).Should().Be(2);
        foreach (
            var bad in new[]
            {
                "status=on",
                "patient=1",
                "_count=-1",
                "_count=1&_count=2",
                "url=",
                "criteria=",
                "criteria:contains=x",
                "criteria=a,b",
            }
        )
            (await exchange.SendAsync(HttpMethod.Get, "Subscription?" + bad))
                .Response.StatusCode.Should()
                .Be(HttpStatusCode.BadRequest, bad);

        var (_, page) = await exchange.SendAsync(HttpMethod.Get, "Subscription?_count=1");
        var next = page.GetProperty("link")
            .EnumerateArray()
            .Single(l => l.GetProperty("relation").GetString() == "next");
        var (_, rest) = await exchange.SendAsync(HttpMethod.Get, next.GetProperty("url").GetString()!);
        rest.GetProperty("entry").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Only_the_answer_to_its_writer_shows_a_header_value_and_only_one_that_this_request_sent()
    {
        await using var exchange = await Exchange.StartAsync();
        static string With(string header, string? id = null) =>
            Engine
                .Json("http://127.0.0.1:9/x", "off", id, 1, "")
                .Replace("\"type\"", $"\"header\": [\"{header}\"], \"type\"", StringComparison.Ordinal);
        static string? Header(JsonElement subscription) =>
            subscription.GetProperty("channel").GetProperty("header").EnumerateArray().Single().GetString();
        var request = ("X-Request-ID", Guid.NewGuid().ToString());

        var (created, first) = await exchange.SendAsync(HttpMethod.Post, "Subscription", With("X-Key:s3cret"), request);
        var (_, repeated) = await exchange.SendAsync(HttpMethod.Post, "Subscription", With("X-Key:s3cret"), request);
        var id = first.GetProperty("id").GetString()!;
        var put = ("X-Request-ID", Guid.NewGuid().ToString());
        var (_, kept) = await exchange.SendAsync(HttpMethod.Put, $"Subscription/{id}", With("X-Key: ***", id));
        var (_, moved) = await exchange.SendAsync(HttpMethod.Put, $"Subscription/{id}", With("X-Key: n3w", id), put);
        var (_, again) = await exchange.SendAsync(HttpMethod.Put, $"Subscription/{id}", With("X-Key: n3w", id), put);

        created.StatusCode.Should().Be(HttpStatusCode.Created);
        (Header(first), Header(repeated), Header(kept)).Should().Be(("X-Key:s3cret", "X-Key:s3cret", "X-Key: ***"));
        (Header(moved), Header(again)).Should().Be(("X-Key: n3w", "X-Key: n3w"));
        foreach (var url in new[] { "", "/_history/1", "/_history/3" })
            Header((await exchange.SendAsync(HttpMethod.Get, $"Subscription/{id}{url}")).Body)
                .Should()
                .Be("X-Key: ***");
        (await exchange.SendAsync(HttpMethod.Get, "Subscription"))
            .Body.GetRawText()
            .Should()
            .Contain("***")
            .And.NotContain("n3w");
        foreach (var sent in new[] { request, put })
        {
            var answer = await exchange.Engine.Store.ReadAnswerAsync(
                Engine.Caller(Engine.Authority).ClientId,
                sent.Item2,
                TestContext.Current.CancellationToken
            );
            Encoding
                .UTF8.GetString(answer!.Body.Span)
                .Should()
                .Contain("***")
                .And.NotContain("s3cret")
                .And.NotContain("n3w");
        }
    }

    [Fact]
    public async Task Status_of_many_takes_ids_and_statuses_by_URL_or_body()
    {
        await using var exchange = await Exchange.StartAsync();
        var id = (await PostAsync(exchange, "http://127.0.0.1:9/x", "off")).Body.GetProperty("id").GetString()!;
        await PostAsync(exchange, "http://127.0.0.1:9/y", "off");

        async Task<int> Total(HttpMethod method, string query, string? body = null) =>
            (await exchange.SendAsync(method, "Subscription/$status" + query, body))
                .Body.GetProperty("total")
                .GetInt32();
        (await Total(HttpMethod.Get, "")).Should().Be(2);
        (await Total(HttpMethod.Get, $"?id={id}")).Should().Be(1);
        (await Total(HttpMethod.Get, "?status=active")).Should().Be(0);
        var parameters =
            $$"""{"resourceType":"Parameters","parameter":[{"name":"id","valueId":"{{id}}"},{"name":"status","valueCode":"off"}]}""";
        (await Total(HttpMethod.Post, "", parameters)).Should().Be(1);
        (await exchange.SendAsync(HttpMethod.Get, "Subscription/$status?topic=x"))
            .Response.StatusCode.Should()
            .Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_refused_Subscription_names_place_and_rule_and_stores_nothing()
    {
        await using var exchange = await Exchange.StartAsync();
        var (refused, outcome) = await PostAsync(exchange, "http://hooks.example.org/");

        refused.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        Outcome(outcome).Should().Contain("Subscription.channel.endpoint").And.Contain("must be an https URL");
        (await exchange.SendAsync(HttpMethod.Get, "Subscription")).Body.GetProperty("total").GetInt32().Should().Be(0);
        using var text = new StringContent("{}");
        (await exchange.Http.PostAsync("Subscription", text, TestContext.Current.CancellationToken))
            .StatusCode.Should()
            .Be(HttpStatusCode.UnsupportedMediaType);
        var (large, _) = await exchange.SendAsync(HttpMethod.Post, "Subscription", new string(' ', 70_000));
        large.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    private static Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(
        Exchange exchange,
        string endpoint,
        string status = "requested"
    ) => exchange.SendAsync(HttpMethod.Post, "Subscription", Engine.Json(endpoint, status, null, 1, ""));

    private static string Outcome(JsonElement body) => body.GetProperty("issue").GetRawText();

    /// <summary>What the one entry of an answer of <c>$status</c> says.</summary>
    private static string? Part(JsonElement bundle, string name) =>
        bundle
            .GetProperty("entry")
            .EnumerateArray()
            .Single()
            .GetProperty("resource")
            .GetProperty("parameter")
            .EnumerateArray()
            .Where(p => p.GetProperty("name").GetString() == name)
            .Select(p => p.EnumerateObject().Last().Value.GetString())
            .SingleOrDefault();
}
