namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>Where the server is reached under another address than it listens on, it speaks of that one only.</summary>
public sealed class BehindProxyTests(ProxiedExchange exchange) : IClassFixture<ProxiedExchange>
{
    [Fact]
    public async Task Every_URL_that_the_server_makes_is_the_public_one()
    {
        var children = new[] { exchange.NewChild(), exchange.NewChild() };
        await exchange.UploadAsync("authority-xhf01", children);
        var setting = await exchange.AsAsync("hareford-ed");
        var authority = await exchange.AsAsync("authority-xhf01");

        var answers = new[]
        {
            await exchange.Anonymous.GetAsync("metadata"),
            await exchange.Anonymous.GetAsync(".well-known/smart-configuration"),
            await setting.LookUpAsync(children[0].NhsNumber),
            await authority.GetAsync("Patient?_count=1"),
            await authority.GetAsync("AuditEvent"),
        };

        foreach (var answer in answers)
        {
            answer.Status.Should().Be(200, answer.Text);
            answer.Text.Should().Contain(ProxiedExchange.Public).And.NotContain("127.0.0.1");
        }

        answers[0]
            .Json.GetProperty("implementation")
            .GetProperty("url")
            .GetString()
            .Should()
            .Be(ProxiedExchange.Public + "/FHIR/R4");
        answers[1].Json.GetProperty("token_endpoint").GetString().Should().Be(ProxiedExchange.Public + "/oauth2/token");
        answers[2]
            .AllEntries.Select(e => e.GetProperty("fullUrl").GetString())
            .Should()
            .OnlyContain(url => url!.StartsWith(ProxiedExchange.Public) || url.StartsWith("urn:uuid:"));
        answers[3].Link("next").Should().StartWith(ProxiedExchange.Public + "/FHIR/R4/Patient?_cursor=");
    }
}

/// <summary>A server that knows its address outside.</summary>
public sealed class ProxiedExchange : RunningExchange
{
    public const string Public = "https://cpis.example";

    protected override string? PublicRoot => Public;

    protected override object Settings => new { PublicBaseUrl = Public + "/FHIR/R4", Demo = new { Seed = false } };
}
