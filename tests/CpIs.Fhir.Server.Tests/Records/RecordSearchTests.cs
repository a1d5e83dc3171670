using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Records;

/// <summary>How an authority reads and searches what it holds.</summary>
public sealed class RecordSearchTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xmv03");

    [Fact]
    public async Task A_read_has_the_version_as_ETag_and_the_time_as_Last_Modified()
    {
        var child = exchange.NewChild();
        var first = await exchange.UploadAsync("authority-xmv03", child);
        await exchange.UploadAsync("authority-xmv03", child with { Family = "Rowntree" });
        var authority = await AuthorityAsync;
        var location = first.AllEntries[0].GetProperty("response").GetProperty("location").GetString()!;
        var path = location[..location.IndexOf("/_history", StringComparison.Ordinal)];

        var current = await authority.GetAsync(path);
        var before = await authority.GetAsync(location);

        current.Headers["ETag"].Should().Be("W/\"2\"");
        before.Headers["ETag"].Should().Be("W/\"1\"");
        current.Text.Should().Contain("Rowntree");
        before.Text.Should().Contain("Quickley").And.Contain(child.LocalId, "its owner sees its own person id");
        current.Headers["Content-Type"].Should().Be("application/fhir+json; charset=utf-8");
        DateTimeOffset
            .Parse(current.Headers["Last-Modified"], System.Globalization.CultureInfo.InvariantCulture)
            .Should()
            .BeCloseTo(
                current.Json.GetProperty("meta").GetProperty("lastUpdated").GetDateTimeOffset(),
                TimeSpan.FromSeconds(1)
            );
        (await authority.GetAsync($"{path}/_history/3")).Status.Should().Be(404);
        (await authority.GetAsync($"{path}/_history/0")).Status.Should().Be(404);
        (await authority.GetAsync($"{path}/_history/x")).Status.Should().Be(404);
    }

    [Fact]
    public async Task Each_search_parameter_finds_the_child_and_its_plan()
    {
        var child = exchange.NewChild(exchange.Plan(PlanTypes.LookedAfter)) with { Family = "Zieliński" };
        var answer = await exchange.UploadAsync("authority-xmv03", child);
        var authority = await AuthorityAsync;
        var ids = answer
            .AllEntries.Select(e => e.GetProperty("response").GetProperty("location").GetString()!.Split('/')[1])
            .ToList();
        var start = child.Plans[0].Start.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var number = $"https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}";
        var plan = $"https://fhir.cpis.example/Id/plan/XMV03|{child.Plans[0].PlanId}";
        foreach (
            var path in new[]
            {
                $"Patient?_id={ids[0]}",
                $"Patient?identifier={number}",
                $"Patient?identifier={child.NhsNumber.Digits}",
                $"Patient?identifier=https://fhir.cpis.example/Id/local-person/XMV03|{child.LocalId}",
                $"Patient?identifier={number}&family=ZIELINSKI&given=wren&birthdate={child.BirthDate:yyyy-MM-dd}",
                $"Patient?identifier={number}&name=zieliń",
                $"Patient?identifier={number}&_lastUpdated=ge{exchange.Today.AddDays(-1):yyyy-MM-dd}",
                $"EpisodeOfCare?_id={ids[1]}",
                $"EpisodeOfCare?identifier={plan}",
                $"EpisodeOfCare?patient=Patient/{ids[0]}",
                $"EpisodeOfCare?patient={ids[0]}",
                $"EpisodeOfCare?patient:identifier={number}",
                $"EpisodeOfCare?patient.identifier={number}&status=active&type=764841000000100&date=le{start}",
                $"EpisodeOfCare?patient:identifier={number}&organization:identifier=https://fhir.nhs.uk/Id/ods-organization-code|XMV03",
                $"Flag?identifier={plan}",
                $"Flag?subject:identifier={number}&status=active&code=http://snomed.info/sct|764841000000100",
                $"Flag?patient=Patient/{ids[0]}&date=ge{start}",
            }
        )
        {
            var found = await authority.GetAsync(path);
            found.Status.Should().Be(200, $"{path}: {found.Text}");
            found.Total.Should().Be(1, path);
            found.AllEntries[0].GetProperty("search").GetProperty("mode").GetString().Should().Be("match");
        }
    }

    [Theory]
    [InlineData("Patient?colour=blue", "colour")]
    [InlineData("Patient?identifier:text=a", "identifier:text")]
    [InlineData("Patient?birthdate=yesterday", "birthdate")]
    [InlineData("Patient?_count=-1", "_count")]
    [InlineData("Patient?_count=many", "_count")]
    [InlineData("Patient?_cursor=AAAA", "_cursor")]
    [InlineData("Patient?_include=Patient:organization", "_include")]
    [InlineData("AuditEvent?colour=blue", "colour")]
    [InlineData("AuditEvent?date=yesterday", "date")]
    [InlineData("AuditEvent?_count=-1", "_count")]
    [InlineData("AuditEvent?patient:identifier=9990000018", "patient:identifier")]
    public async Task A_parameter_that_is_not_understood_is_400_and_named(string path, string name)
    {
        var answer = await (await AuthorityAsync).GetAsync(path);

        answer.Status.Should().Be(400, answer.Text);
        answer.Issue.Expression.Should().Be(name);
        answer.Issue.Spine.Should().Be("INVALID_SEARCH_DATA");
    }

    [Fact]
    public async Task Pages_hold_every_result_once_and_their_links_no_NHS_number()
    {
        var children = Enumerable.Range(0, 7).Select(_ => exchange.NewChild() with { Family = "Pageturner" }).ToArray();
        await exchange.UploadAsync("authority-xmv03", children);
        var authority = await AuthorityAsync;

        var page = await authority.GetAsync("Patient?family=Pageturner&_count=3");
        var seen = new List<string>();
        var first = page.Link("next")!;
        while (true)
        {
            page.Total.Should().Be(7);
            seen.AddRange(page.Entries("Patient").Select(p => p.GetProperty("id").GetString()!));
            if (page.Link("next") is not { } next)
                break;
            next.Should().NotContain("Pageturner");
            foreach (var child in children)
                next.Should().NotContain(child.NhsNumber.Digits);
            page = await authority.GetAsync(next);
            page.Status.Should().Be(200, page.Text);
        }

        seen.Should().HaveCount(7).And.OnlyHaveUniqueItems();
        (await (await exchange.AsAsync("authority-xbr02")).GetAsync(first)).Status.Should().Be(400, "it is not theirs");
        (await authority.GetAsync(first.Replace("Patient?", "Flag?", StringComparison.Ordinal)))
            .Status.Should()
            .Be(400);
        (await authority.GetAsync(first + "&family=Other")).Status.Should().Be(400);
    }

    [Fact]
    public async Task A_count_of_zero_gives_the_total_only_and_a_huge_one_is_capped()
    {
        await exchange.UploadAsync("authority-xmv03", exchange.NewChild() with { Family = "Countless" });
        var authority = await AuthorityAsync;

        var none = await authority.GetAsync("Patient?family=Countless&_count=0");
        var huge = await authority.GetAsync("Patient?family=Countless&_count=2000000000");

        none.Total.Should().Be(1);
        none.AllEntries.Should().BeEmpty();
        none.Link("next").Should().BeNull();
        huge.Status.Should().Be(200, huge.Text);
        huge.AllEntries.Should().ContainSingle();
    }

    [Fact]
    public async Task A_posted_search_finds_the_same()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xmv03", child);

        var found = await (await AuthorityAsync).PostFormAsync(
            "Patient/_search",
            [new("identifier", $"https://fhir.nhs.uk/Id/nhs-number|{child.NhsNumber.Digits}")]
        );

        found.Total.Should().Be(1, found.Text);
        found.Link("self").Should().NotContain(child.NhsNumber.Digits, "what was posted is not put into a URL");
    }

    [Theory]
    [InlineData("DELETE", "Patient/1")]
    [InlineData("PATCH", "Patient/1")]
    [InlineData("POST", "Organization")]
    [InlineData("DELETE", "Organization/1")]
    [InlineData("PUT", "Organization/1")]
    [InlineData("DELETE", "AuditEvent/1")]
    [InlineData("PUT", "AuditEvent/1")]
    public async Task What_does_not_exist_here_is_405_with_an_OperationOutcome(string method, string path)
    {
        using var body = new StringContent("{}", null, "application/fhir+json");

        var answer = await (await AuthorityAsync).SendAsync(new HttpMethod(method), path, body);

        answer.Status.Should().Be(405);
        answer.Headers.Should().ContainKey("Allow");
        answer.Issue.Code.Should().Be("not-supported");
    }

    [Theory]
    [InlineData("Nonsense/1", "not-supported")]
    [InlineData("Patient/a b", "not-found")]
    [InlineData("Patient/1/2/3", "not-supported")]
    [InlineData("Observation?code=1", "not-supported")]
    public async Task An_unknown_address_is_404_with_an_OperationOutcome(string path, string code)
    {
        var answer = await (await AuthorityAsync).GetAsync(path);

        answer.Status.Should().Be(404);
        answer.Issue.Code.Should().Be(code);
    }
}
