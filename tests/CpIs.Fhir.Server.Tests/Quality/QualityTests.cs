using System.Text.Json;
using CpIs.Fhir.Core.Quality;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Quality;

/// <summary><c>$quality</c> over HTTP, by the whole server.</summary>
public sealed class QualityTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task Of_last_night_an_authority_gets_its_numbers_and_lists_and_the_operator_the_numbers_of_all()
    {
        var authority = await exchange.AsAsync("authority-xhf01");
        var none = await authority.GetAsync("$quality");
        var child = exchange.NewChild() with { BirthDate = exchange.Today.AddYears(-18).AddDays(30) };
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.Services.GetRequiredService<QualityRun>().RunAsync(TestContext.Current.CancellationToken);

        var report = await authority.GetAsync("$quality");
        var csv = await authority.GetAsync("$quality", ("Accept", "text/csv"));
        var dated = await authority.GetAsync($"$quality?date={exchange.Today:yyyy-MM-dd}");
        var xml = await authority.GetAsync("$quality", ("Accept", "application/fhir+xml"));
        var all = await (await exchange.AsAsync("operator")).GetAsync("$quality");
        var counts = await (await exchange.AsAsync("operator")).GetAsync("$quality", ("Accept", "text/csv"));

        none.Status.Should().Be(200);
        none.Json.GetProperty("status").GetString().Should().Be("pending");
        report.Json.GetProperty("resourceType").GetString().Should().Be("MeasureReport", report.Text);
        Count(report.Json, "near-eighteen").Should().Be(1);
        report.Text.Should().NotContain(child.Plans[0].PlanId);
        csv.Text.Should().Contain($"\"{child.Plans[0].PlanId}\"").And.NotContain(child.NhsNumber.Digits);
        dated.Text.Should().Be(report.Text);
        xml.Text.Should().Contain("<MeasureReport");
        var reports = all.Json.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("resource"));
        reports.Sum(each => Count(each, "near-eighteen")).Should().Be(1);
        counts.Text.Should().Contain("XHF01,near-eighteen,1").And.NotContain(child.Plans[0].PlanId);
        var tester = await exchange.AsAsync("tester");
        (await tester.PostAsync("Bundle/$validate", all.Text)).Text.Should().NotContain("\"error\"");
    }

    [Theory]
    [InlineData("authority-xhf01", "$quality?date=2020-01-01", 404)]
    [InlineData("authority-xhf01", "$quality?day=2020-01-01", 400)]
    [InlineData("hareford-ed", "$quality", 403)]
    [InlineData("tester", "$quality", 403)]
    public async Task Nobody_else_gets_it_and_nothing_is_ignored(string client, string asked, int status) =>
        (await (await exchange.AsAsync(client)).GetAsync(asked)).Status.Should().Be(status);

    private static int Count(JsonElement report, string measure) =>
        report
            .GetProperty("group")
            .EnumerateArray()
            .Single(group =>
                group.GetProperty("code").GetProperty("coding")[0].GetProperty("code").GetString() == measure
            )
            .GetProperty("population")[0]
            .GetProperty("count")
            .GetInt32();
}
