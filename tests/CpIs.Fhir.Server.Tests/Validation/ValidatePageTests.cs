using System.Net.Http.Headers;
using System.Text;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Validation;

/// <summary>The page <c>/validate</c> as it goes over the wire; <c>CpIs.Fhir.EndToEnd.Tests</c> sees it in a browser.</summary>
public sealed class ValidatePageTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task Anyone_gets_the_form_which_fetches_nothing_from_elsewhere_and_runs_no_script()
    {
        var page = await exchange.Anonymous.GetAsync("/validate");

        page.Status.Should().Be(200);
        page.Headers["Content-Type"].Should().Be("text/html; charset=utf-8");
        page.Headers["Content-Security-Policy"]
            .Should()
            .Contain("default-src 'none'")
            .And.Contain("form-action 'self'")
            .And.Contain("frame-ancestors 'none'")
            .And.NotContain("script-src");
        page.Headers["Cache-Control"].Should().Be("no-store");
        page.Text.Should().NotContain("<script").And.NotContain("http://").And.NotContain("style=");
        foreach (var asset in new[] { "nhsuk-frontend.css", "cpis.css", "favicon.svg", "images/nhsuk-icon-cross.svg" })
            (await exchange.Anonymous.GetAsync("/assets/" + asset)).Status.Should().Be(200, asset);
        (await exchange.Anonymous.GetAsync("/assets/nhsuk-frontend.css"))
            .Text.Should()
            .NotContain("//assets.nhs.uk")
            .And.Contain("\"10.6.1\"");
        (await exchange.Anonymous.GetAsync("/assets/../fhir.config.json")).Status.Should().Be(404);
    }

    [Fact]
    public async Task What_is_pasted_is_shown_with_each_problem_under_its_line_and_never_as_markup()
    {
        var page = await PostAsync(
            ("text", "{\n\"resourceType\":\"Patient\",\n\"gender\":\"<script>alert(1)</script>\"\n}")
        );

        page.Status.Should().Be(200);
        page.Text.Should().Contain("<h1 class=\"nhsuk-heading-l\">1 error</h1>");
        page.Text.Should().Contain("id=\"issue-1\"").And.Contain("href=\"#issue-1\"").And.Contain("fhir-binding");
        page.Text.Should().NotContain("<script").And.Contain("&lt;script&gt;");
    }

    [Fact]
    public async Task A_file_counts_before_what_is_pasted_and_a_profile_may_be_chosen()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("not this"), "text" },
            { new StringContent("https://fhir.cpis.example/StructureDefinition/CPIS-Flag"), "profile" },
            {
                new ByteArrayContent(Encoding.UTF8.GetBytes("{\"resourceType\":\"Flag\"}"))
                {
                    Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json") },
                },
                "file",
                "c:\\x\\<b>.json"
            },
        };

        var page = await exchange.Anonymous.SendAsync(HttpMethod.Post, "/validate", form);

        page.Status.Should().Be(200);
        page.Text.Should()
            .Contain("CPIS-Flag")
            .And.Contain("fhir-min")
            .And.NotContain("<b>")
            .And.NotContain("not this");
        page.Text.Should().Contain("\" selected>CPIS-Flag");
    }

    [Fact]
    public async Task One_long_line_is_laid_out_so_that_problems_have_lines()
    {
        var page = await PostAsync(
            ("text", $$"""{"resourceType":"Patient","name":[{"family":"{{new string('x', 300)}}"}],"gender":"wren"}""")
        );

        page.Text.Should().Contain("Line 8: ").And.Contain("The text was sent on one line");
    }

    [Fact]
    public async Task Of_a_long_text_only_what_is_near_a_problem_is_shown()
    {
        var text = new StringBuilder("{\n\"resourceType\":\"Patient\",\n\"name\":[\n{}");
        for (var i = 0; i < 2_000; i++)
            text.Append(",\n{\"family\":\"x\"}");
        var page = await PostAsync(("text", text.Append("]}").ToString()));

        page.Text.Should().Contain("Lines 8 to 2004: no problems").And.NotContain("id=\"line-900\"");
    }

    [Theory]
    [InlineData("", "", 400)]
    [InlineData("   ", "", 400)]
    [InlineData("{}", "https://example.org/no-such", 400)]
    public async Task What_is_missing_is_said_in_a_summary_that_leads_to_the_field(
        string text,
        string profile,
        int status
    )
    {
        var page = await PostAsync(("text", text), ("profile", profile));

        page.Status.Should().Be(status);
        page.Text.Should()
            .Contain("<title>Error: Validate")
            .And.Contain("There is a problem")
            .And.Contain("href=\"#text\"");
    }

    [Fact]
    public async Task Too_much_is_413_whether_or_not_it_says_so()
    {
        (await PostAsync(("text", new string('x', 1024 * 1024 + 1)))).Status.Should().Be(413);
        using var endless = new StreamContent(new MemoryStream(new byte[4 * 1024 * 1024]));
        endless.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        (await exchange.Anonymous.SendAsync(HttpMethod.Post, "/validate", endless)).Status.Should().Be(413);
        (await exchange.Anonymous.PostAsync("/validate", "{}")).Status.Should().Be(415);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "text=%7B%7D", 415)]
    [InlineData("application/json", "{}", 415)]
    [InlineData("multipart/form-data", "{}", 400)]
    [InlineData("multipart/form-data; boundary=x", "{}", 400)]
    [InlineData(
        "multipart/form-data; boundary=x",
        "--x\r\nContent-Disposition: form-data; name=\"text\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n{}\r\n--x--\r\n",
        400
    )]
    public async Task What_is_no_form_in_UTF_8_is_refused_with_the_reason(string type, string body, int status)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type).Should().BeTrue();

        var page = await exchange.Anonymous.SendAsync(HttpMethod.Post, "/validate", content);

        page.Status.Should().Be(status, page.Text);
        page.Text.Should().NotContain("smaller than");
    }

    private Task<Answer> PostAsync(params (string Name, string Value)[] fields) =>
        exchange.Anonymous.PostFormAsync("/validate", fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
}

/// <summary>With the limits that hold by default.</summary>
public sealed class ValidatePageLimitTests(LimitedPages exchange) : IClassFixture<LimitedPages>
{
    [Fact]
    public async Task One_address_that_asks_too_often_is_told_to_wait()
    {
        var statuses = new List<int>();
        for (var i = 0; i < 200 && !statuses.Contains(429); i++)
            statuses.Add((await exchange.Anonymous.PostFormAsync("/validate", [new("text", "{}")])).Status);

        statuses[0].Should().Be(200);
        statuses[^1].Should().Be(429);
        (await exchange.Anonymous.GetAsync("/validate")).Status.Should().Be(200, "the form itself costs nothing");
    }
}

/// <summary>A server with its limits.</summary>
public sealed class LimitedPages : RunningExchange
{
    protected override bool WithoutLimits => false;
}
