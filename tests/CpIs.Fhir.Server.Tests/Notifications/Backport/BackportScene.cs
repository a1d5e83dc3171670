using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Notifications.Backport;

/// <summary>
/// What an authority lives through with its Subscriptions, once for all rules: a handshake taken and one refused, accesses with each content
/// level, an endpoint that fails for longer than is borne and recovers, and a silence.
/// </summary>
public sealed class BackportScene : IAsyncLifetime
{
    private static readonly TimeSpan LongerThanBorne = TimeSpan.FromMinutes(16);

    private readonly RunningExchange _exchange = new GenerousExchange();
    private Receiver _receiver = null!;
    private volatile bool _fails;

    /// <summary>Address of the receiver; each Subscription has a path of its own below.</summary>
    public string Endpoint => _receiver.Url;

    /// <summary>FHIR base of the server, without a slash at the end.</summary>
    public string Base => _exchange.FhirBase.ToString().TrimEnd('/');

    public Speaker Anonymous => _exchange.Anonymous;

    /// <summary>With <c>id-only</c>, two headers and a heartbeat a minute.</summary>
    public JsonElement IdOnly { get; private set; }

    /// <summary>With <c>empty</c>.</summary>
    public JsonElement Empty { get; private set; }

    /// <summary>With <c>full-resource</c>.</summary>
    public JsonElement Full { get; private set; }

    /// <summary>Its endpoint refuses the handshake.</summary>
    public JsonElement Refused { get; private set; }

    /// <summary>Its endpoint takes the handshake and fails afterwards.</summary>
    public JsonElement Faltering { get; private set; }

    /// <summary>What <c>$status</c> said of <see cref="Faltering"/>: while it failed, and one event later.</summary>
    public (Answer First, Answer Second) WhileFailing { get; private set; }

    /// <summary>The status after its events were taken again, and after its client asked for <c>requested</c>.</summary>
    public (string? Recovered, string? AskedFor) Afterwards { get; private set; }

    public Task<Speaker> AuthorityAsync() => _exchange.AsAsync("authority-xhf01");

    public Task<Speaker> OtherAuthorityAsync() => _exchange.AsAsync("authority-xst05");

    public Task<Speaker> SettingAsync() => _exchange.AsAsync("hareford-ed");

    public static string Id(JsonElement subscription) => subscription.GetProperty("id").GetString()!;

    /// <summary>What the receiver got for a Subscription, in order; of one type where it is said.</summary>
    internal IReadOnlyList<Received> PostsOf(JsonElement subscription, NotificationType? type = null) =>
        [
            .. _receiver.Posts.Where(post =>
                post.Notification.Subscription.EndsWith("/" + Id(subscription), StringComparison.Ordinal)
                && (type is null || post.Notification.Type == type)
            ),
        ];

    /// <summary>Every notification that was sent.</summary>
    internal IReadOnlyList<Received> Posts => [.. _receiver.Posts];

    /// <summary>A Subscription that this server takes, as JSON to change.</summary>
    public JsonObject Acceptable(string path, string? content = null) =>
        JsonNode
            .Parse(
                $$"""
                {
                  "resourceType": "Subscription", "status": "requested", "reason": "To be told",
                  "criteria": "{{Topic.RecordAccessed.Row().Canonical}}",
                  "channel": {
                    "type": "rest-hook", "endpoint": "{{Endpoint}}/{{path}}", "payload": "application/fhir+json"
                    {{(
                    content is null
                        ? ""
                        : $$""", "_payload": { "extension": [{ "url": "{{BackportCanonicals.PayloadContent}}", "valueCode": "{{content}}" }] }"""
                )}}
                  }
                }
                """
            )!
            .AsObject();

    /// <summary>One that ought to be taken, and what was answered.</summary>
    public async Task<JsonElement> SubscribeAsync(JsonObject subscription)
    {
        var answer = await (await AuthorityAsync()).PostAsync("Subscription", subscription.ToJsonString());
        answer.Status.Should().Be(201, answer.Text);
        return answer.Json;
    }

    /// <summary>Tries to store one that is changed so; it must be refused, and nothing stored.</summary>
    public async Task RefusesAsync(string what, Action<JsonObject> change)
    {
        var authority = await AuthorityAsync();
        var before = (await authority.GetAsync("Subscription?_count=0")).Total;
        var subscription = Acceptable("never");
        change(subscription);
        var answer = await authority.PostAsync("Subscription", subscription.ToJsonString());
        answer.Status.Should().Be(422, $"{what}: {answer.Text}");
        answer.Json.GetProperty("resourceType").GetString().Should().Be("OperationOutcome");
        (await authority.GetAsync("Subscription?_count=0")).Total.Should().Be(before, what);
    }

    public async Task<Answer> StatusAsync(JsonElement subscription, string query = "") =>
        await (await AuthorityAsync()).GetAsync($"Subscription/{Id(subscription)}/$status{query}");

    /// <summary>What the only Parameters of an answer of <c>$status</c> says under a name.</summary>
    public static string? Said(Answer status, string name) => Value(status.Entries("Parameters").Single(), name);

    /// <summary>The value of one parameter of a Parameters resource, or of one part; null when it is absent.</summary>
    public static string? Value(JsonElement parameters, string name, string list = "parameter") =>
        parameters
            .GetProperty(list)
            .EnumerateArray()
            .Where(each => each.GetProperty("name").GetString() == name)
            .Select(each => each.EnumerateObject().Last().Value)
            .Select(value => value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText())
            .FirstOrDefault();

    public async ValueTask InitializeAsync()
    {
        await _exchange.InitializeAsync();
        _receiver = await Receiver.StartAsync();
        _receiver.Answer = (context, post) =>
        {
            var refused = post.Url.EndsWith("/refused", StringComparison.Ordinal);
            var fails = _fails && post.Url.EndsWith("/faltering", StringComparison.Ordinal);
            context.Response.StatusCode = refused || fails ? 500 : 204;
            return Task.CompletedTask;
        };
        var child = _exchange.NewChild();
        await _exchange.UploadAsync("authority-xhf01", child);
        await SubscribeToAllAsync();
        _fails = true;

        (await (await SettingAsync()).LookUpAsync(child.NhsNumber)).Status.Should().Be(200);
        await HeardAsync(1);
        await Eventually.TrueAsync(() => PostsOf(Faltering, NotificationType.EventNotification).Count > 0);

        _exchange.MoveTo(_exchange.Clock.GetUtcNow() + LongerThanBorne);
        await BecomesAsync(Faltering, "error");
        await Eventually.TrueAsync(() => PostsOf(IdOnly, NotificationType.Heartbeat).Count > 0);
        var first = await StatusAsync(Faltering);
        (await (await _exchange.AsAsync("brookshire-ed")).LookUpAsync(child.NhsNumber)).Status.Should().Be(200);
        await HeardAsync(2);
        WhileFailing = (first, await StatusAsync(Faltering));

        _fails = false;
        await Eventually.TrueAsync(() =>
            PostsOf(Faltering).Any(post => post.Notification.Events.Any(told => told.Number == 2))
        );
        var recovered = Said(await StatusAsync(Faltering), "status");
        var again = Acceptable("faltering");
        again["id"] = Id(Faltering);
        var put = await (await AuthorityAsync()).SendAsync(
            HttpMethod.Put,
            $"Subscription/{Id(Faltering)}",
            new StringContent(again.ToJsonString(), new MediaTypeHeaderValue("application/fhir+json"))
        );
        put.Status.Should().Be(200, put.Text);
        await BecomesAsync(Faltering, "active");
        Afterwards = (recovered, Said(await StatusAsync(Faltering), "status"));
    }

    public async ValueTask DisposeAsync()
    {
        await _exchange.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private async Task SubscribeToAllAsync()
    {
        var idOnly = Acceptable("id-only", "id-only");
        idOnly["channel"]!["header"] = new JsonArray("X-Gateway-Key: k-1", "X-Second: two");
        idOnly["channel"]!["extension"] = new JsonArray(
            new JsonObject { ["url"] = BackportCanonicals.HeartbeatPeriod, ["valueUnsignedInt"] = 60 }
        );
        IdOnly = await SubscribeAsync(idOnly);
        Empty = await SubscribeAsync(Acceptable("empty", "empty"));
        Full = await SubscribeAsync(Acceptable("full", "full-resource"));
        Refused = await SubscribeAsync(Acceptable("refused"));
        Faltering = await SubscribeAsync(Acceptable("faltering"));
        foreach (var each in new[] { IdOnly, Empty, Full, Faltering })
            await BecomesAsync(each, "active");
        await BecomesAsync(Refused, "error");
    }

    private Task BecomesAsync(JsonElement subscription, string status) =>
        Eventually.TrueAsync(
            async () => Said(await StatusAsync(subscription), "status") == status,
            () => $"The Subscription to {subscription.GetProperty("channel").GetProperty("endpoint")} is {status}."
        );

    /// <summary>Until each content level was told of so many events, and all of them are counted everywhere.</summary>
    private async Task HeardAsync(int events)
    {
        foreach (var each in new[] { IdOnly, Empty, Full })
            await Eventually.TrueAsync(() => PostsOf(each).Sum(post => post.Notification.Events.Count) >= events);
        await Eventually.TrueAsync(async () =>
            int.Parse(
                Said(await StatusAsync(Faltering), "events-since-subscription-start")!,
                CultureInfo.InvariantCulture
            ) >= events
        );
    }

    /// <summary>A server that sends the access itself to whom asks for it, and tries again at once.</summary>
    private sealed class GenerousExchange : RunningExchange
    {
        protected override object Settings =>
            new
            {
                Demo = new { Seed = false },
                Notifications = new
                {
                    AllowFullResource = true,
                    RetrySchedule = "1s",
                    Jitter = 0,
                },
            };
    }
}
