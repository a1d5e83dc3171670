using CpIs.Fhir.Server.Hosting;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Demo;

/// <summary>The page to try the exchange, which is there under the demo only.</summary>
public sealed class TryPageTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task A_request_is_sent_as_the_client_that_was_chosen_and_its_answer_is_shown()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var shown = await SendAsync(
            ("client", "demo-hareford-ed"),
            ("method", "GET"),
            ("address", $"Patient/$child-protection?nhsNumber={child.NhsNumber.Digits}")
        );

        shown.Status.Should().Be(200);
        shown.Text.Should().Contain("200 OK").And.Contain("&quot;resourceType&quot;: &quot;Flag&quot;");
        shown.Headers["Content-Security-Policy"].Should().NotContain("script");
    }

    [Fact]
    public async Task A_refusal_is_shown_as_it_comes()
    {
        var shown = await SendAsync(
            ("client", "demo-authority-xhf01"),
            ("method", "GET"),
            ("address", "Patient/nobody")
        );

        shown.Status.Should().Be(200);
        shown.Text.Should().Contain("404 Not Found").And.Contain("This Patient was not found.");
    }

    [Fact]
    public async Task A_token_of_the_page_is_one_that_can_be_used()
    {
        var shown = await SendAsync(("client", "demo-operator"), ("token", "1"));

        var token = shown.Text.Split("aria-labelledby=\"token\">")[1].Split('<')[0];
        var read = await exchange.Anonymous.GetAsync("Organization", ("Authorization", "Bearer " + token));
        read.Status.Should().Be(200, read.Text);
    }

    [Theory]
    [InlineData("demo-operator", "GET", "../../admin/clients", null, 400)]
    [InlineData("demo-operator", "GET", "%2e%2e/%2e%2e/admin/clients", null, 400)]
    [InlineData("nobody", "GET", "Patient", null, 400)]
    [InlineData("demo-operator", "TRACE", "Patient", null, 400)]
    [InlineData("demo-operator", "GET", "Organization", "cross-site", 403)]
    [InlineData("demo-operator", "GET", "Organization", "same-site", 403)]
    [InlineData("demo-operator", "GET", "Organization", "same-origin", 200)]
    [InlineData("demo-operator", "GET", "Organization", "https://elsewhere.example", 403)]
    public async Task Only_this_page_sends_and_only_below_the_FHIR_base(
        string client,
        string method,
        string address,
        string? from,
        int status
    )
    {
        (string, string)[] headers =
            from is null ? []
            : from.StartsWith("https:", StringComparison.Ordinal) ? [("Origin", from)]
            : [("Sec-Fetch-Site", from)];

        var shown = await exchange.Anonymous.PostFormAsync(
            "/try",
            [new("client", client), new("method", method), new("address", address)],
            headers
        );

        shown.Status.Should().Be(status, shown.Text);
        if (status != 200)
            shown.Text.Should().Contain("There is a problem");
    }

    [Fact]
    public async Task What_is_filled_in_is_never_taken_for_markup()
    {
        var shown = await exchange.Anonymous.GetAsync("/try?address=%22%3E%3Cscript%3E&client=%3Cb%3E");

        shown.Text.Should().NotContain("<script>").And.NotContain("<b>").And.Contain("&quot;&gt;&lt;script&gt;");
    }

    [Fact]
    public async Task Without_the_demo_there_is_neither_the_page_nor_the_description()
    {
        var folder = Directory.CreateTempSubdirectory("cpis-no-demo-").FullName;
        try
        {
            await using var app = await ExchangeHost.BuildAsync(
                WholeExchange.Arguments(folder, demo: false, config: "{}"),
                TestContext.Current.CancellationToken
            );
            await app.StartAsync(TestContext.Current.CancellationToken);
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            foreach (var path in new[] { "/try", "/openapi.json" })
                ((int)(await http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode)
                    .Should()
                    .Be(404, path);
            (await http.GetStringAsync("/", TestContext.Current.CancellationToken)).Should().NotContain("/try");
            await app.StopAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<Answer> SendAsync(params (string Name, string Value)[] fields) =>
        exchange.Anonymous.PostFormAsync(
            "/try",
            fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))
        );
}
