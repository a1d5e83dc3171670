using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests.Records;

/// <summary>What the lists and changes send, and what they do where somebody else was faster.</summary>
public sealed class OnTheWireTests : IDisposable
{
    private const string Number = "9990000018";
    private const string Plan = """
        {"resourceType":"EpisodeOfCare","id":"e1","meta":{"versionId":"3"},"status":"active",
         "identifier":[{"system":"https://fhir.cpis.example/Id/plan/XHF01","value":"CPP-1"}],
         "type":[{"coding":[{"system":"http://snomed.info/sct","code":"342191000000101"}]}],
         "patient":{"reference":"Patient/p1","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}},
         "period":{"start":"2026-01-01"}}
        """;

    private readonly Workshop _workshop = new();

    [Fact]
    public async Task An_NHS_number_is_in_no_URL()
    {
        await using var exchange = await StartAsync(new Reply(200, "{}"));

        foreach (var list in new[] { "children", "plans", "accesses" })
            (await Run(exchange, list, "--nhs-number", Number)).Code.Should().Be(0);
        (await Run(exchange, "child", "end", Number, "--on", "2026-02-01")).Code.Should().Be(0);

        exchange.Requests.Should().NotContain(asked => (asked.Route + asked.Query).Contains(Number));
        exchange
            .Requests.Count(asked => Uri.UnescapeDataString(asked.Body).Contains("nhs-number|" + Number))
            .Should()
            .BeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public async Task A_change_is_for_the_version_that_was_read_and_who_was_slower_is_told_to_look_again()
    {
        await using var exchange = await StartAsync(Reply.Outcome(412, "The version is 4. Sent: 3."));

        var ended = await Run(exchange, "child", "end", Number, "--on", "2026-02-01");

        ended.Code.Should().Be(1);
        ended.Error.Should().Contain("The version is 4. Sent: 3.").And.Contain("Run the same command again.");
        var form = JsonNode.Parse(exchange.To("POST /FHIR/R4").Single().Body)!;
        form["meta"]!["tag"]![0]!["code"]!.GetValue<string>().Should().Be("form");
        var sent = form["entry"]!.AsArray().Single()!;
        sent["request"]!["ifMatch"]!.GetValue<string>().Should().Be("W/\"3\"");
        sent["resource"]!["status"]!.GetValue<string>().Should().Be("finished");
        sent["resource"]!["period"]!["end"]!.GetValue<string>().Should().Be("2026-02-01");
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_as_the_same_write()
    {
        await using var exchange = await StartAsync(new Reply(Reply.Cut, ""), new Reply(200, "{}"));

        (await Run(exchange, "child", "withdraw", Number)).Code.Should().Be(0);

        var sent = exchange.To("POST /FHIR/R4").ToList();
        sent.Should().HaveCount(2);
        sent.Select(asked => asked.Headers["X-Request-ID"]).Distinct().Should().HaveCount(1);
    }

    [Fact]
    public async Task The_next_page_is_asked_for_at_the_address_that_the_user_gave()
    {
        await using var exchange = await StartAsync(new Reply(200, "{}"));
        exchange.On(
            "POST /FHIR/R4/Patient/_search",
            new Reply(
                200,
                Searchset(
                    """{"resourceType":"Patient","id":"p1"}""",
                    "https://elsewhere.example/FHIR/R4/Patient?_cursor=abc"
                )
            )
        );
        exchange.On("GET /FHIR/R4/Patient", new Reply(200, Searchset("""{"resourceType":"Patient","id":"p2"}""")));

        var ended = await Run(exchange, "children", "--json");

        ended.Objects.Select(o => o["id"]!.GetValue<string>()).Should().Equal("p1", "p2");
        exchange.To("GET /FHIR/R4/Patient").Single().Query.Should().Be("?_cursor=abc");
    }

    public void Dispose() => _workshop.Dispose();

    private static async Task<StubExchange> StartAsync(params Reply[] toChange)
    {
        var exchange = await StubExchange.StartAsync();
        exchange.On("POST /FHIR/R4/EpisodeOfCare/_search", new Reply(200, Searchset(Plan)));
        exchange.On("POST /FHIR/R4/Patient/_search", new Reply(200, Searchset(null)));
        exchange.On("POST /FHIR/R4/AuditEvent/_search", new Reply(200, Searchset(null)));
        exchange.On("POST /FHIR/R4", toChange);
        return exchange;
    }

    private static string Searchset(string? resource, string? next = null) =>
        new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "searchset",
            ["total"] = next is null ? 1 : 2,
            ["link"] = new JsonArray(next is null ? [] : [new JsonObject { ["relation"] = "next", ["url"] = next }]),
            ["entry"] = new JsonArray(
                resource is null
                    ? []
                    :
                    [
                        new JsonObject
                        {
                            ["resource"] = JsonNode.Parse(resource),
                            ["search"] = new JsonObject { ["mode"] = "match" },
                        },
                    ]
            ),
        }.ToJsonString();

    private Task<Ended> Run(StubExchange exchange, params string[] args) =>
        Invocation.RunAsync([.. args, "--server", exchange.Root, "--client", _workshop.Client]);
}
