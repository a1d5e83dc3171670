using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests.Records;

/// <summary>What <c>cpis quality</c> makes of the report of the exchange.</summary>
public sealed class QualityTests : IDisposable
{
    private const string Report = """
        {"resourceType":"MeasureReport","reporter":{"identifier":{"value":"XHF01"}},"period":{"end":"2026-11-24"},"group":[
          {"code":{"coding":[{"code":"children"}],"text":"Children held"},"population":[{"count":1754}]},
          {"code":{"coding":[{"code":"refused"}],"text":"Records refused in the last 30 days"},"population":[{"count":3}],
           "stratifier":[{"code":[{"coding":[{"code":"rule"}]}],"stratum":[{"value":{"text":"cpis-nhs-number"},"population":[{"count":3}]}]}]}]}
        """;

    private readonly Workshop _workshop = new();

    [Fact]
    public async Task Numbers_are_shown_as_a_table_or_as_one_object_a_line()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("GET /FHIR/R4/$quality", new Reply(200, Report));

        var shown = await RunAsync(exchange);
        var json = await RunAsync(exchange, "--json", "--date", "2026-11-24");

        shown.Code.Should().Be(0, shown.Error);
        shown.Out.Should().StartWith("XHF01, 2026-11-24").And.MatchRegex(@"Children held +1754");
        shown.Out.Should().MatchRegex(@"cpis-nhs-number +3");
        json.Objects.Select(each => each["measure"]!.GetValue<string>()).Should().Equal("children", "refused");
        json.Objects[^1]["by"]!["rule"]!["cpis-nhs-number"]!.GetValue<int>().Should().Be(3);
        exchange.Requests.Last().Query.Should().Be("?date=2026-11-24");
    }

    [Fact]
    public async Task The_file_for_a_spreadsheet_is_written_as_it_comes()
    {
        await using var exchange = await StubExchange.StartAsync();
        exchange.On("GET /FHIR/R4/$quality", new Reply(200, Report), new Reply(200, "measure,count\r\n"));
        var file = Path.Combine(Path.GetTempPath(), $"cpis-quality-{Guid.NewGuid():N}.csv");

        var ended = await RunAsync(exchange, "--csv", file);

        ended.Code.Should().Be(0, ended.Error);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Should().Be("measure,count\r\n");
        exchange.Requests.Last().Headers["Accept"].Should().Be("text/csv");
        File.Delete(file);
    }

    public void Dispose() => _workshop.Dispose();

    private Task<Ended> RunAsync(StubExchange exchange, params string[] args) =>
        Invocation.RunAsync(["quality", .. args, "--server", exchange.Root, "--client", _workshop.Client]);
}
