using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Browsers;

/// <summary>Pages of named origins may call from a browser; others are told nothing that a browser would hand on.</summary>
public sealed class CrossOriginTests(CrossOriginTests.OpenedExchange exchange)
    : IClassFixture<CrossOriginTests.OpenedExchange>
{
    private const string App = "https://app.example";

    private static readonly (string, string)[] Asking =
    [
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "authorization,content-type,if-match,x-request-id"),
    ];

    [Fact]
    public async Task A_preflight_needs_no_token_and_is_the_same_for_every_address_below_the_FHIR_base()
    {
        var first = await PreflightAsync("Patient/1", App);

        first.Status.Should().Be(204);
        first.Headers["Access-Control-Allow-Origin"].Should().Be(App);
        first.Headers["Access-Control-Allow-Methods"].Split(',').Should().Contain("PUT");
        first
            .Headers["Access-Control-Allow-Headers"]
            .Split(',')
            .Should()
            .Contain(["Authorization", "Content-Type", "If-Match", "X-Request-ID", "IsUnscheduledAccessEvent"]);
        first.Headers["Access-Control-Max-Age"].Should().Be("600");
        first.Headers.Should().NotContainKey("Access-Control-Allow-Credentials").And.NotContainKey("WWW-Authenticate");
        first.Bytes.Should().BeEmpty();
        foreach (
            var path in new[]
            {
                "Nothing/1",
                "Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|" + exchange.NewNumber().Digits,
                "$child",
            }
        )
        {
            var other = await PreflightAsync(path, App);
            Told(other).Should().BeEquivalentTo(Told(first), path);
            other.Status.Should().Be(204);
        }
    }

    [Theory]
    [InlineData("https://app.example.evil.example")]
    [InlineData("http://app.example")]
    [InlineData("https://app.example:8443")]
    [InlineData("null")]
    public async Task Another_origin_is_told_nothing(string origin)
    {
        var preflight = await PreflightAsync("Patient/1", origin);
        var read = await (await exchange.AsAsync("authority-xhf01")).GetAsync("Patient", ("Origin", origin));

        Told(preflight).Should().BeEmpty();
        Told(read).Should().BeEmpty("the browser keeps the answer from the page");
        read.Status.Should().Be(200);
    }

    [Fact]
    public async Task Answers_and_refusals_are_readable_with_the_headers_that_a_client_needs()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var authority = await exchange.AsAsync("authority-xhf01");
        var found = await authority.GetAsync("Patient?_count=1", ("Origin", App));
        var id = found.AllEntries[0].GetProperty("resource").GetProperty("id").GetString();

        foreach (
            var answer in new[]
            {
                found,
                await authority.GetAsync($"Patient/{id}", ("Origin", App)),
                await authority.GetAsync("Patient/nobody", ("Origin", App)),
                await authority.GetAsync("Nothing", ("Origin", App)),
                await exchange.Anonymous.GetAsync("Patient", ("Origin", App)),
                await (await exchange.AsAsync("hareford-ed")).GetAsync("Patient/$child-protection", ("Origin", App)),
            }
        )
        {
            answer.Headers["Access-Control-Allow-Origin"].Should().Be(App, answer.Text);
            answer
                .Headers["Access-Control-Expose-Headers"]
                .Split(',')
                .Should()
                .Contain(["ETag", "Location", "Last-Modified", "X-Request-ID", "Retry-After", "WWW-Authenticate"]);
            answer.Headers["Vary"].Split(", ").Should().Contain(["Origin", "Accept"]);
        }
    }

    [Fact]
    public async Task Only_the_FHIR_base_is_opened_and_metadata_says_so()
    {
        foreach (var path in new[] { "/validate", "/admin/clients", "/oauth2/token", "/health/live" })
            Told(await PreflightAsync(path, App)).Should().BeEmpty(path);

        var metadata = await exchange.Anonymous.GetAsync("metadata", ("Origin", App));
        metadata.Headers["Access-Control-Allow-Origin"].Should().Be(App);
        metadata.Json.GetProperty("rest")[0].GetProperty("security").GetProperty("cors").GetBoolean().Should().BeTrue();
    }

    private Task<Answer> PreflightAsync(string path, string origin) =>
        exchange.Anonymous.SendAsync(HttpMethod.Options, path, null, [("Origin", origin), .. Asking]);

    private static Dictionary<string, string> Told(Answer answer) =>
        answer
            .Headers.Where(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value);

    public sealed class OpenedExchange : RunningExchange
    {
        protected override object Settings =>
            new { Demo = new { Seed = false }, Cors = new { Origins = new[] { App, "http://localhost:3000" } } };
    }
}

/// <summary>Nothing is opened where nothing is said.</summary>
public sealed class ClosedToBrowsersTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task No_origin_is_told_anything()
    {
        (string, string)[] asking = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET")];

        var preflight = await exchange.Anonymous.SendAsync(HttpMethod.Options, "Patient", null, asking);
        var read = await exchange.Anonymous.GetAsync("metadata", asking);

        preflight.Status.Should().Be(401);
        foreach (var answer in new[] { preflight, read })
            answer
                .Headers.Keys.Should()
                .NotContain(name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Preflights are counted by network address.</summary>
public sealed class PreflightLimitTests(PreflightLimitTests.FewExchange exchange)
    : IClassFixture<PreflightLimitTests.FewExchange>
{
    [
        Fact,
        Trait("OneServer", "A limit is exact on one server; over several it is settled each second (docs/adr/0020).")
    ]
    public async Task A_flood_of_them_is_slowed_and_clients_go_on()
    {
        (string, string)[] asking = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET")];
        var answers = new List<Answer>();
        for (var i = 0; i < 5; i++)
            answers.Add(await exchange.Anonymous.SendAsync(HttpMethod.Options, "Patient", null, asking));

        answers.Select(answer => answer.Status).Should().Equal(204, 204, 204, 429, 429);
        answers[^1].Headers.Should().ContainKey("Retry-After");
        (await (await exchange.AsAsync("authority-xhf01")).GetAsync("Patient")).Status.Should().Be(200);
    }

    public sealed class FewExchange : RunningExchange
    {
        protected override bool WithoutLimits => false;

        protected override object Settings =>
            new
            {
                Demo = new { Seed = false },
                Cors = new { Origins = new[] { "https://app.example" } },
                Security = new { Limits = new { ReaderPerSecond = 1, ReaderBurst = 3 } },
            };
    }
}
