using System.Text;
using System.Text.Json.Nodes;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Core.Tests.Notifications;

public sealed class SubscriptionParserTests
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-20T10:00:00Z");

    private static readonly IWriteCheck Profiles = new WriteCheck(ConformanceSet.CoreAndOurs(), []);

    public static TheoryData<string, string, string> Refusals =>
        new()
        {
            { "$.criteria = 'https://fhir.cpis.example/SubscriptionTopic/other'", "Subscription.criteria", "topic" },
            { "$.criteria = 'Flag?status=active'", "Subscription.criteria", "topic" },
            { "$._criteria = filter", "Subscription.criteria.extension", "not allowed here" },
            { "$.status = 'active'", "Subscription.status", "requested or off" },
            { "$.status = 'error'", "Subscription.status", "requested or off" },
            { "$.status = 'banana'", "Subscription.status", "can set requested or off" },
            { "$.channel.type = 'email'", "Subscription.channel", "rest-hook" },
            { "$.channel._type = custom", "Subscription.channel.type.extension", "one of inbox" },
            { "$.channel.endpoint = 'mesh:X26ABC1'", "Subscription.channel.endpoint", "absolute URL" },
            { "$.channel.payload = 'application/fhir+xml'", "Subscription.channel.payload", "application/fhir+json" },
            { "$.channel.payload = 'application/fhir+json; fhirVersion=5.0'", "Subscription.channel.payload", "4.0" },
            { "$.channel.payload = 'application/fhir+json; x=1'", "Subscription.channel.payload", "4.0" },
            { "$.channel._payload = full-resource", "Subscription.channel.payload.extension", "full-resource" },
            { "$.channel._payload = something", "Subscription.channel.payload.extension", "empty, id-only" },
            { "$.channel.endpoint = 'http://hooks.example.org/'", "Subscription.channel.endpoint", "https" },
            { "$.channel.endpoint = '/hook'", "Subscription.channel.endpoint", "https URL" },
            { "$.channel.endpoint = 'https://u:p@hooks.example.org/'", "Subscription.channel.endpoint", "user name" },
            { "$.channel.endpoint = 'https://hooks.example.org/#a'", "Subscription.channel.endpoint", "fragment" },
            { "$.channel.endpoint = 'https://hooks.example.org:8443/'", "Subscription.channel.endpoint", "443" },
            { "$.channel.endpoint = 'https://10.0.0.1/'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://127.0.0.1/'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://2130706433/'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://0x7f.1/'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://[::1]/'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://[::ffff:169.254.169.254]/'", "Subscription.channel.endpoint", "public" },
            { "$.channel.endpoint = 'https://localhost/'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://vault/'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://vault.internal./'", "Subscription.channel.endpoint", "public internet" },
            { "$.channel.endpoint = 'https://hooks.example.org/9990000018'", "Subscription.channel.endpoint", "NHS" },
            { "$.channel.endpoint = 'ftp://hooks.example.org/'", "Subscription.channel.endpoint", "https" },
            {
                "$.channel.header = ['Host: other']",
                "Subscription.channel.header[0]",
                "Only the server sets this header"
            },
            {
                "$.channel.header = ['Content-Length: 3']",
                "Subscription.channel.header[0]",
                "Only the server sets this header"
            },
            {
                "$.channel.header = ['webhook-id: 3']",
                "Subscription.channel.header[0]",
                "Only the server sets this header"
            },
            {
                "$.channel.header = ['Transfer-Encoding: chunked']",
                "Subscription.channel.header[0]",
                "Only the server sets this header"
            },
            { "$.channel.header = ['X-Key: a\\r\\nHost: b']", "Subscription.channel.header[0]", "line breaks" },
            { "$.channel.header = ['no colon']", "Subscription.channel.header[0]", "Name: value" },
            { "$.channel.header = ['X-Key: ***']", "Subscription.channel.header[0]", "keeps none under this name" },
            {
                "$.channel.extension = heartbeat 30",
                "Subscription.channel.extension[0].valueUnsignedInt",
                "at least 60"
            },
            { "$.channel.extension = timeout 31", "Subscription.channel.extension[0].valueUnsignedInt", "at most 30" },
            { "$.channel.extension = max 101", "Subscription.channel.extension[0].valuePositiveInt", "at most 100" },
            { "$.contact = phone", "Subscription.contact", "whom to phone" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_the_server_would_not_do_is_refused_with_its_place(string change, string place, string words)
    {
        var result = Parse(Changed(change));

        result.IsRefused(out var refusal, out _).Should().BeTrue(change);
        refusal!.Kind.Should().Be(RefusalKind.Rule);
        var issue = refusal.Issues.Should().ContainSingle(i => i.Expression!.Contains(place)).Subject;
        issue.Diagnostics.Should().Contain(words);
        issue.Rule.Should().NotBeNull();
    }

    [Fact]
    public void A_plain_Subscription_is_taken_with_its_defaults()
    {
        var terms = Parse(Valid()).Value.Terms;

        terms
            .Should()
            .BeEquivalentTo(
                new SubscriptionTerms
                {
                    Status = SubscriptionStatus.Requested,
                    Endpoint = "https://hooks.example.org/cpis",
                    Content = PayloadContent.IdOnly,
                    MaxCount = 1,
                }
            );
        terms.TakesEvents.Should().BeFalse("the handshake comes first");
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var json = Valid();
        json["status"] = "active";
        json["channel"]!["endpoint"] = "http://example.org";
        json["criteria"] = "x";

        Parse(json)
            .Refusal!.Issues.Select(i => i.Expression)
            .Should()
            .BeEquivalentTo("Subscription.status", "Subscription.channel.endpoint", "Subscription.criteria");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"resourceType\":\"Patient\"}")]
    [InlineData("{\"resourceType\":\"Subscription\"} x")]
    public void What_is_no_Subscription_is_malformed(string body)
    {
        var result = Parser(new NotificationOptions()).Parse(Encoding.UTF8.GetBytes(body), Authority);

        result.Refusal!.Kind.Should().Be(RefusalKind.Malformed);
        result.Refusal.Issues.Should().NotBeEmpty();
    }

    [Fact]
    public void Plain_http_to_loopback_is_for_the_demo_only()
    {
        var json = Valid();
        json["channel"]!["endpoint"] = "http://127.0.0.1:9000/hook";

        Parse(json).Refusal.Should().NotBeNull();
        Parse(json, new NotificationOptions { AllowLoopbackHttp = true }).Refusal.Should().BeNull();
    }

    [Fact]
    public void The_accesses_themselves_are_sent_only_where_the_operator_allows_it()
    {
        var json = Changed("$.channel._payload = full-resource");
        json["channel"]!["payload"] = "application/fhir+json";

        Parse(json).Refusal!.Issues.Single().Rule.Should().Be("cpis-subscription-content");
        var parsed = Parse(json, new NotificationOptions { AllowFullResource = true }).Value;
        parsed.Terms.Content.Should().Be(PayloadContent.FullResource);
        var stored = SubscriptionDocument.Create(parsed, parsed.Terms, "s1", 1, Authority, Now);
        Encoding.UTF8.GetString(stored.Body.Span).Should().Contain("\"valueCode\":\"full-resource\"");
        Parse(Changed("$.channel._payload = something"), new NotificationOptions { AllowFullResource = true })
            .Refusal!.Issues.Single()
            .Diagnostics.Should()
            .Contain("full-resource");
    }

    [Fact]
    public void An_authority_with_agreed_hosts_may_name_no_other()
    {
        var options = new NotificationOptions
        {
            AllowedHosts = new Dictionary<string, string> { ["XHF01"] = "a.example.org, hooks.example.org" },
        };

        Parse(Valid(), options).Refusal.Should().BeNull();
        var json = Valid();
        json["channel"]!["endpoint"] = "https://hooks.example.org.evil.example/cpis";
        Parse(json, options).Refusal!.Issues.Single().Diagnostics.Should().Contain("agreed");
    }

    [Fact]
    public void A_header_value_is_kept_for_sending_and_never_shown()
    {
        var json = Valid();
        json["channel"]!["header"] = new JsonArray("Authorization: Bearer s3cret");
        var parsed = Parse(json).Value;
        var stored = SubscriptionDocument.Create(parsed, parsed.Terms, "s1", 1, Authority, Now);

        parsed.Terms.Headers.Should().Equal("Authorization: Bearer s3cret");
        Encoding.UTF8.GetString(stored.Body.Span).Should().Contain("Authorization: ***").And.NotContain("s3cret");

        // Sent back as it was read, it keeps the value.
        var again = JsonNode.Parse(stored.Body.Span)!.AsObject();
        again["status"] = "requested";
        Parser(new NotificationOptions())
            .Parse(Encoding.UTF8.GetBytes(again.ToJsonString()), Authority, parsed.Terms)
            .Value.Terms.Headers.Should()
            .Equal("Authorization: Bearer s3cret");
    }

    [Theory]
    [InlineData("https://hooks.example.org/another/path", true)]
    [InlineData("https://HOOKS.example.org:443/", true)]
    [InlineData("https://thief.example.org/", false)]
    [InlineData("https://hooks.example.org:8443/", false)]
    public void A_masked_header_value_stays_with_its_receiver(string endpoint, bool kept)
    {
        var json = Valid();
        json["channel"]!["endpoint"] = "https://hooks.example.org/cpis";
        json["channel"]!["header"] = new JsonArray("Authorization: Bearer s3cret");
        var options = new NotificationOptions { RequirePort443 = false };
        var before = Parse(json, options).Value.Terms;
        json["channel"]!["endpoint"] = endpoint;
        json["channel"]!["header"] = new JsonArray("Authorization: ***");

        var result = Parser(options).Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), Authority, before);

        if (kept)
            result.Value.Terms.Headers.Should().Equal("Authorization: Bearer s3cret");
        else
            result.Refusal!.Issues.Single().Expression.Should().Be("Subscription.channel.header[0]");
    }

    [Fact]
    public void The_stored_form_has_the_servers_fields_and_the_search_values()
    {
        var json = Valid();
        json["channel"]!["payload"] = "application/fhir+json; fhirVersion=4.0";
        var parsed = Parse(json).Value;
        var first = SubscriptionDocument.Create(parsed, parsed.Terms, "s1", 1, Authority, Now);
        var next = SubscriptionDocument.Next(
            first,
            parsed.Terms with
            {
                Status = SubscriptionStatus.Error,
            },
            "no-response: \"quoted\"",
            Now.AddSeconds(1)
        );

        first.Tokens.Should().BeEquivalentTo("status=requested", "url=https://hooks.example.org/cpis");
        next.Version.Should().Be(2);
        next.Tokens.Should().Contain("status=error");
        var read = FhirJsonDeserializer.STRICT.DeserializeResource(Encoding.UTF8.GetString(next.Body.Span));
        var resource = read.Should().BeOfType<Subscription>().Subject;
        resource.Meta!.VersionId.Should().Be("2");
        resource.Meta.LastUpdated.Should().Be(Now.AddSeconds(1));
        resource.Error.Should().Be("no-response: \"quoted\"");
        resource.Channel.Payload.Should().Be("application/fhir+json");
        var content = resource.Channel.PayloadElement!.GetExtension(BackportCanonicals.PayloadContent);
        content!.Value.Should().BeOfType<Code>().Which.Value.Should().Be("id-only");
        Encoding
            .UTF8.GetString(SubscriptionDocument.Next(next, parsed.Terms, null, Now).Body.Span)
            .Should()
            .NotContain("\"error\":");
    }

    private static SubscriptionParser Parser(NotificationOptions options) =>
        new(options, new MeshOptions(), Profiles, TimeProvider.System);

    private static Result<ParsedSubscription> Parse(JsonObject json, NotificationOptions? options = null) =>
        Parser(options ?? new NotificationOptions()).Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), Authority);

    private static JsonObject Valid() =>
        JsonNode
            .Parse(
                """
                {
                  "resourceType": "Subscription",
                  "status": "requested",
                  "reason": "To be told",
                  "criteria": "https://fhir.cpis.example/SubscriptionTopic/record-accessed",
                  "channel": { "type": "rest-hook", "endpoint": "https://hooks.example.org/cpis", "payload": "application/fhir+json" }
                }
                """
            )!
            .AsObject();

    private static JsonObject Changed(string change)
    {
        var json = Valid();
        var (path, value) = change.Split(" = ", 2) is [var p, var v] ? (p, v) : throw new FormatException(change);
        JsonNode? node = value switch
        {
            "filter" => Extension(BackportCanonicals.FilterCriteria, "valueString", "AuditEvent?patient=Patient/1"),
            "custom" => Extension(BackportCanonicals.ChannelType, "valueCoding", JsonNode.Parse("{\"code\":\"z\"}")!),
            "phone" => JsonNode.Parse("""[{"system":"phone","value":"1"}]"""),
            "full-resource" or "something" => Extension(BackportCanonicals.PayloadContent, "valueCode", value),
            "heartbeat 30" => Extension(BackportCanonicals.HeartbeatPeriod, "valueUnsignedInt", 30)[
                "extension"
            ]!.DeepClone(),
            "timeout 31" => Extension(BackportCanonicals.Timeout, "valueUnsignedInt", 31)["extension"]!.DeepClone(),
            "max 101" => Extension(BackportCanonicals.MaxCount, "valuePositiveInt", 101)["extension"]!.DeepClone(),
            _ => JsonNode.Parse(value.Replace('\'', '"')),
        };
        var steps = path.Split('.')[1..];
        JsonNode target = json;
        foreach (var step in steps[..^1])
            target = target[step]!;
        target[steps[^1]] = node;
        return json;
    }

    private static JsonObject Extension(string url, string type, JsonNode value) =>
        new() { ["extension"] = new JsonArray(new JsonObject { ["url"] = url, [type] = value }) };
}
