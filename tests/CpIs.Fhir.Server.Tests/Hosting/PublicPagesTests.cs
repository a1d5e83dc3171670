using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Stores;
using Microsoft.IdentityModel.JsonWebTokens;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>What anyone may read, and what every answer carries.</summary>
public sealed class PublicPagesTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task The_smart_configuration_leads_to_the_token_endpoint_and_the_keys()
    {
        var answer = await exchange.Anonymous.GetAsync(".well-known/smart-configuration");

        answer.Status.Should().Be(200);
        answer.Headers["Content-Type"].Should().StartWith("application/json");
        answer
            .Json.GetProperty("token_endpoint")
            .GetString()
            .Should()
            .Be(new Uri(exchange.Root, "/oauth2/token").ToString());
        Strings(answer.Json, "grant_types_supported").Should().Equal("client_credentials");
        Strings(answer.Json, "token_endpoint_auth_methods_supported").Should().Equal("private_key_jwt");
        Strings(answer.Json, "scopes_supported").Should().Contain(["system/Patient.cruds", "user/Flag.s"]);
        var keys = await exchange.Anonymous.GetAsync(answer.Json.GetProperty("jwks_uri").GetString()!);
        keys.Status.Should().Be(200);
        keys.Json.GetProperty("keys").GetArrayLength().Should().BePositive();
        keys.Text.Should().NotContain("\"d\":", "private keys are not told");
    }

    [Fact]
    public async Task The_issuer_of_the_smart_configuration_is_who_issues_tokens()
    {
        var answer = await exchange.Anonymous.GetAsync(".well-known/smart-configuration");
        var token = new JsonWebToken((await exchange.AsAsync("hareford-ed")).Authorization!.Split(' ')[1]);

        answer.Json.GetProperty("issuer").GetString().Should().Be(token.Issuer);
        Strings(answer.Json, "scopes_supported")
            .Should()
            .BeEquivalentTo(Enum.GetValues<CallerKind>().SelectMany(SmartScopes.Of).Distinct());
    }

    [Fact]
    public async Task The_smart_configuration_refuses_parameters_that_it_does_not_have()
    {
        var answer = await exchange.Anonymous.GetAsync(".well-known/smart-configuration?mode=full");

        answer.Status.Should().Be(400);
        answer.Issue.Expression.Should().Be("mode");
    }

    [Fact]
    public async Task The_root_is_a_page_that_leads_on()
    {
        var page = await exchange.Anonymous.GetAsync("/");

        page.Status.Should().Be(200);
        page.Headers["Content-Type"].Should().StartWith("text/html");
        foreach (var place in Links(page))
            (await exchange.Anonymous.GetAsync(place, ("Accept", "text/html"))).Status.Should().Be(200, place);
        Links(page).Should().Contain(["/FHIR/R4", "/profiles", "/validate", "/try"]);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true)]
    [InlineData("text/html", true)]
    [InlineData("application/fhir+json", false)]
    [InlineData("application/fhir+json, text/html;q=0.1", false)]
    [InlineData("*/*", false)]
    [InlineData("", false)]
    public async Task The_FHIR_base_is_a_page_to_a_browser_and_no_search_to_a_client(string accept, bool isPage)
    {
        foreach (var path in new[] { "/FHIR/R4", "/FHIR/R4/" })
        {
            var answer = await exchange.Anonymous.GetAsync(path, ("Accept", accept));

            if (isPage)
            {
                answer.Status.Should().Be(200, path);
                answer.Text.Should().Contain(exchange.FhirBase.ToString().TrimEnd('/'));
                Links(answer).Should().Contain("/FHIR/R4/metadata?_format=json");
                foreach (var place in Links(answer))
                    (await exchange.Anonymous.GetAsync(place)).Status.Should().Be(200, place);
                continue;
            }

            answer.Status.Should().Be(404, path);
            answer.Issue.Code.Should().Be("not-supported");
            answer.Issue.Diagnostics.Should().Contain("metadata");
        }
    }

    private static IReadOnlyList<string> Links(Answer page) =>
        [
            .. page
                .Text.Split("href=\"")
                .Skip(1)
                .Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)])
                .Where(link => link.StartsWith('/')),
        ];

    [Fact]
    public async Task A_living_server_that_can_write_is_ready()
    {
        var (live, ready) = (
            await exchange.Anonymous.GetAsync("/health/live"),
            await exchange.Anonymous.GetAsync("/health/ready")
        );

        live.Status.Should().Be(200);
        ready.Status.Should().Be(200, ready.Text);
        ready.Json.GetProperty("status").GetString().Should().Be("ready");
    }

    [Theory]
    [InlineData("metadata", 200)]
    [InlineData("Patient/1", 401)]
    [InlineData("Nonsense", 401)]
    [InlineData("/nowhere", 404)]
    public async Task Every_answer_is_uncached_taken_as_it_is_typed_and_silent_about_its_server(string path, int status)
    {
        var answer = await exchange.Anonymous.GetAsync(path);

        answer.Status.Should().Be(status);
        answer.Headers["Cache-Control"].Should().Be("no-store");
        answer.Headers["X-Content-Type-Options"].Should().Be("nosniff");
        answer.Headers.Should().NotContainKey("Server").And.NotContainKey("X-Powered-By");
        Guid.TryParseExact(answer.Headers["X-Request-ID"], "D", out _).Should().BeTrue();
        answer.Json.GetProperty("resourceType").GetString().Should().BeOneOf("CapabilityStatement", "OperationOutcome");
    }

    [Fact]
    public async Task A_request_id_is_echoed_as_it_came_and_so_are_correlation_and_trace()
    {
        const string id = "60E0B220-8136-4CA5-AE46-1D97EF59D068";
        var setting = await exchange.AsAsync("hareford-ed");

        var answer = await setting.LookUpAsync(
            exchange.NewNumber(),
            ("X-Request-ID", id),
            ("X-Correlation-ID", "a-1_2.b"),
            ("TraceID", "09a445dfgf3453k")
        );

        answer.Status.Should().Be(200, answer.Text);
        answer.Headers["X-Request-ID"].Should().Be(id);
        answer.Headers["X-Correlation-ID"].Should().Be("a-1_2.b");
        answer.Headers["TraceID"].Should().Be("09a445dfgf3453k");
    }

    [Theory]
    [InlineData("42")]
    [InlineData("{60e0b220-8136-4ca5-ae46-1d97ef59d068}")]
    [InlineData("60e0b22081364ca5ae461d97ef59d068")]
    [InlineData("")]
    public async Task A_request_id_that_is_no_UUID_is_refused_and_another_made(string id)
    {
        foreach (var client in new[] { "hareford-ed", "authority-xhf01" })
        {
            var speaker = await exchange.AsAsync(client);
            var answer = await speaker.GetAsync(
                "Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
                ("X-Request-ID", id)
            );

            answer.Status.Should().Be(400, answer.Text);
            answer.Issue.Expression.Should().Be("http.X-Request-ID");
            Guid.TryParseExact(answer.Headers["X-Request-ID"], "D", out _).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_correlation_id_that_is_not_plain_is_dropped_and_never_sent_back()
    {
        var answer = await exchange.Anonymous.GetAsync(
            "metadata",
            ("X-Correlation-ID", "<script>"),
            ("TraceID", new string('a', 129))
        );

        answer.Status.Should().Be(200);
        answer.Headers.Should().NotContainKey("X-Correlation-ID").And.NotContainKey("TraceID");
    }

    private static IEnumerable<string?> Strings(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray().Select(e => e.GetString());
}

/// <summary>A server of its own, since its store is taken away.</summary>
public sealed class NotReadyTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task A_server_whose_store_cannot_write_is_alive_but_not_ready_and_answers_503()
    {
        var setting = await exchange.AsAsync("hareford-ed");
        foreach (var store in exchange.Each<IExchangeStore>())
            await store.DisposeAsync();

        var ready = await exchange.Anonymous.GetAsync("/health/ready");
        ready.Status.Should().Be(503, ready.Text);
        ready.Json.GetProperty("status").GetString().Should().Be("the store cannot write");
        (await exchange.Anonymous.GetAsync("/health/live")).Status.Should().Be(200);
        var answer = await setting.LookUpAsync(exchange.NewNumber());
        answer.Status.Should().Be(503, answer.Text);
        answer.Issue.Diagnostics.Should().Be(LookUpTexts.Failure);
    }
}
