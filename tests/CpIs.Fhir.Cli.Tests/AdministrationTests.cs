using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Tests;

public sealed class AdministrationTests : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public async Task An_organisation_is_registered_with_its_phones()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("PUT /admin/organisations/XHF01", new Reply(200, "{}"));
        var ended = await Ask(
            exchange,
            "org",
            "add",
            "XHF01",
            "--kind",
            "authority",
            "--name",
            "Fernshire",
            "--emergency-phone",
            "01632 960001"
        );
        ended.Code.Should().Be(0);
        exchange
            .To("PUT /admin/organisations/XHF01")
            .Single()
            .Body.Should()
            .Be("""{"name":"Fernshire","kind":"authority","emergencyDutyPhone":"01632 960001"}""");
    }

    [Fact]
    public async Task An_authority_is_registered_with_the_days_of_its_uploads_and_no_others()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("PUT /admin/organisations/XHF01", new Reply(200, "{}"));
        string[] add =
        [
            "org",
            "add",
            "XHF01",
            "--kind",
            "authority",
            "--name",
            "F",
            "--emergency-phone",
            "01632 960001",
        ];

        (await Ask(exchange, [.. add, "--uploads", "mon,thu"])).Code.Should().Be(0);
        var wrong = await Ask(exchange, [.. add, "--uploads", "monday"]);

        exchange.To("PUT /admin/organisations/XHF01").Single().Body.Should().Contain("\"uploads\":\"mon,thu\"");
        wrong.Code.Should().Be(2);
        wrong.Error.Should().Contain("--uploads must be daily, weekdays, none, or days such as mon,wed,fri.");
    }

    [Fact]
    public async Task A_setting_is_registered_with_its_modes()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("PUT /admin/organisations/XED01", new Reply(200, "{}"));
        await Ask(
            exchange,
            "org",
            "add",
            "XED01",
            "--kind",
            "setting",
            "--name",
            "ED",
            "--setting-kind",
            "emergency-department",
            "--mode",
            "unscheduled",
            "--mode",
            "scheduled"
        );
        exchange
            .To("PUT /admin/organisations/XED01")
            .Single()
            .Body.Should()
            .Be(
                """{"name":"ED","kind":"setting","settingKind":"emergency-department","modeRights":["unscheduled","scheduled"]}"""
            );
    }

    [Theory]
    [InlineData("org", "suspend", "XHF01", "POST /admin/organisations/XHF01/suspend")]
    [InlineData("org", "restore", "XHF01", "POST /admin/organisations/XHF01/restore")]
    [InlineData("client", "suspend", "a/b", "POST /admin/clients/a%2Fb/suspend")]
    [InlineData("keys", "rotate", "webhook", "POST /admin/keys/webhook/rotate")]
    public async Task Changes_go_to_their_place(string noun, string verb, string id, string route)
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(route, new Reply(204, ""));
        (await Ask(exchange, noun, verb, id)).Code.Should().Be(0);
    }

    [Fact]
    public async Task A_list_is_a_table_or_one_object_a_line()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(
            "GET /admin/clients",
            new Reply(
                200,
                """{"items":[{"clientId":"a","organisation":"XHF01","kind":"authority","suspended":true},{"clientId":"b"}]}"""
            )
        );
        (await Ask(exchange, "client", "list")).Out.Should().MatchRegex(@"a\s+XHF01\s+authority\s+yes");
        (await Ask(exchange, "client", "list", "--json"))
            .Objects.Select(o => o["clientId"]!.GetValue<string>())
            .Should()
            .Equal("a", "b");
    }

    [Fact]
    public async Task A_restart_of_the_stamps_says_how_the_second_person_approves_it()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("POST /admin/stamps/restart", new Reply(202, """{"id":"r-1","kind":"restart-stamps"}"""));
        exchange.On("POST /admin/approvals/r-1", new Reply(200, "{}"));

        var asked = await Ask(exchange, "stamps", "restart", "--reason", "wrong clock");
        asked.Code.Should().Be(0, asked.Error);
        asked.Out.Should().Contain("cpis approve r-1");
        (await Ask(exchange, "approve", "r-1")).Out.Should().Contain("r-1 approved");
    }

    [Fact]
    public async Task Retiring_a_number_says_how_many_authorities_it_affects_and_how_the_second_operator_approves_it()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("POST /admin/numbers/retire", new Reply(202, """{"id":"r-2","authoritiesAffected":2}"""));
        exchange.On("POST /admin/numbers/restore", new Reply(202, """{"id":"r-3","authoritiesAffected":2}"""));
        exchange.On(
            "POST /admin/numbers/status",
            new Reply(200, """{"status":"retired","reason":"duplicate","since":"2026-06-01T00:00:00Z"}""")
        );

        var asked = await Ask(exchange, "number", "retire", "9990000018", "--reason", "duplicate");

        asked.Code.Should().Be(0, asked.Error);
        asked.Out.Should().Contain("under this number: 2").And.Contain("cpis approve r-2");
        exchange
            .To("POST /admin/numbers/retire")
            .Single()
            .Body.Should()
            .Be("""{"nhsNumber":"9990000018","reason":"duplicate"}""");
        (await Ask(exchange, "number", "restore", "9990000018")).Out.Should().Contain("cpis approve r-3");
        (await Ask(exchange, "number", "status", "9990000018")).Out.Should().Contain("retired since");
        (await Ask(exchange, "number", "retire", "9990000018", "--reason", "death")).Code.Should().NotBe(0);
        (await Ask(exchange, "number", "retire", "9990000017", "--reason", "error")).Code.Should().NotBe(0);
        exchange.To("POST /admin/numbers/retire").Should().ContainSingle("what is wrong is not sent");
    }

    [Fact]
    public async Task A_second_person_who_is_refused_ends_with_exit_1()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("POST /admin/approvals/r-1", Reply.Outcome(403, "You asked for this yourself."));

        (await Ask(exchange, "approve", "r-1")).Code.Should().Be(1);
    }

    [Fact]
    public async Task Only_an_operator_may_and_the_refusal_is_exit_1()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("GET /admin/organisations", Reply.Outcome(403, "Operators only."));
        var ended = await Ask(exchange, "org", "list", "--json");
        ended.Code.Should().Be(1);
        ended.Objects.Single()["outcome"]!.GetValue<string>().Should().Be("refused");
        ended.Objects.Single()["problems"]![0]!["text"]!.GetValue<string>().Should().Be("Operators only.");
    }

    [Theory]
    [InlineData("ES384")]
    [InlineData("RS384")]
    public async Task A_new_key_makes_a_client_that_can_prove_itself_and_its_private_half_stays_at_home(
        string algorithm
    )
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("PUT /admin/clients/ed", new Reply(200, "{}"));
        var file = _workshop["ed.json"];
        string[] make =
        [
            "key",
            "new",
            "--out",
            file,
            "--id",
            "ed",
            "--organisation",
            "XED01",
            "--kind",
            "setting",
            "--alg",
            algorithm,
        ];
        var made = await Invocation.RunAsync(make);
        made.Code.Should().Be(0);
        JsonNode.Parse(made.Out)!.AsObject().Select(m => m.Key).Should().NotContain(["d", "p", "q", "dp", "dq", "qi"]);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ClientAssertion.Create(ClientFile.Read(file), "https://x/token", TimeProvider.System).Should().NotBeEmpty();

        (await Ask(exchange, "client", "add", "ed", "--organisation", "XED01", "--kind", "setting", "--key", file))
            .Code.Should()
            .Be(0);
        var sent = JsonNode.Parse(exchange.To("PUT /admin/clients/ed").Single().Body)!;
        sent["jwks"]!["keys"]![0]!.ToJsonString().Should().Be(made.Out.Trim());

        (await Invocation.RunAsync(make)).Code.Should().Be(2, "a key is never overwritten");
    }

    [Fact]
    public async Task Subscribing_waits_for_the_handshake()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On(
            "POST /FHIR/R4/Subscription",
            new Reply(201, "{}", ("Location", exchange.Root + "/FHIR/R4/Subscription/s1/_history/1"))
        );
        exchange.On(
            "GET /FHIR/R4/Subscription/s1",
            new Reply(200, """{"status":"requested"}"""),
            new Reply(200, """{"status":"active"}"""),
            new Reply(200, """{"status":"error","error":"no-response"}""")
        );
        var good = await Ask(exchange, "subscribe", "--endpoint", "http://127.0.0.1:9/");
        good.Should().Be(new Ended(0, "Subscription/s1 active" + Environment.NewLine, ""));
        var body = JsonNode.Parse(exchange.To("POST /FHIR/R4/Subscription").Single().Body)!;
        body["criteria"]!.GetValue<string>().Should().Be("https://fhir.cpis.example/SubscriptionTopic/record-accessed");
        body["channel"]!["_payload"]!["extension"]![0]!["valueCode"]!.GetValue<string>().Should().Be("id-only");
        (await Ask(exchange, "subscribe", "--endpoint", "http://127.0.0.1:9/")).Code.Should().Be(1);
    }

    public void Dispose() => _workshop.Dispose();

    private Task<Ended> Ask(StubExchange exchange, params string[] args) =>
        Invocation.RunAsync([.. args, "--server", exchange.Root, "--client", _workshop.Client]);
}
