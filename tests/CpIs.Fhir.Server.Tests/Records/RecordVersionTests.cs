using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Server.Tests.Uploads;
using static CpIs.Fhir.Server.Tests.Uploads.OneResource;

namespace CpIs.Fhir.Server.Tests.Records;

/// <summary>Versions of a record as its authority reads them: only what is new (304), without a body (HEAD), and all of them.</summary>
public sealed class RecordVersionTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    private Task<Speaker> AuthorityAsync => exchange.AsAsync("authority-xhf01");

    [Fact]
    public async Task A_read_that_has_it_already_is_304_and_HEAD_has_no_body()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var created = await authority.PostAsync("EpisodeOfCare", plan.ToJsonString());
        var address = $"EpisodeOfCare/{created.Json.GetProperty("id").GetString()}";

        var same = await authority.GetAsync(address, ("If-None-Match", "W/\"1\""));
        var other = await authority.GetAsync(address, ("If-None-Match", "W/\"2\""));
        var since = await authority.GetAsync(address, ("If-Modified-Since", created.Headers["Last-Modified"]));
        var head = await authority.SendAsync(HttpMethod.Head, address, null);
        var found = await authority.SendAsync(HttpMethod.Head, "EpisodeOfCare?status=active", null);

        (same.Status, same.Text).Should().Be((304, ""));
        (other.Status, since.Status).Should().Be((200, 304));
        (head.Status, head.Text, head.Headers["ETag"]).Should().Be((200, "", "W/\"1\""));
        (found.Status, found.Text).Should().Be((200, ""));
        var lookUp = await (await exchange.AsAsync("hareford-ed")).SendAsync(
            HttpMethod.Head,
            "Flag?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
            null
        );
        lookUp.Status.Should().Be(405);
    }

    [Fact]
    public async Task The_history_of_a_record_is_for_its_authority_in_pages_newest_first()
    {
        var (authority, plan) = (await AuthorityAsync, await exchange.FurtherPlanAsync());
        var address = $"EpisodeOfCare?identifier={PlanSystem}|{PlanId(plan)}";
        var made = await PutAsync(authority, address, plan);
        for (var days = 5; days < 8; days++)
        {
            plan["period"]!["start"] = exchange.Today.AddDays(-days).ToString("yyyy-MM-dd");
            (await PutAsync(authority, address, plan)).Status.Should().Be(200);
        }

        var history = $"EpisodeOfCare/{made.Json.GetProperty("id").GetString()}/_history";
        var all = await authority.GetAsync(history);
        var first = await authority.GetAsync(history + "?_count=3");
        var next = first.Json.GetProperty("link").EnumerateArray().Last().GetProperty("url").GetString()!;
        var second = await authority.GetAsync(next[exchange.FhirBase.ToString().Length..]);

        all.Status.Should().Be(200, all.Text);
        Versions(all).Should().Equal("W/\"4\"", "W/\"3\"", "W/\"2\"", "W/\"1\"");
        all.Json.GetProperty("total").GetInt32().Should().Be(4);
        Versions(first).Should().Equal("W/\"4\"", "W/\"3\"", "W/\"2\"");
        Versions(second).Should().Equal("W/\"1\"");
        second.Json.GetProperty("link").GetArrayLength().Should().Be(1);
        (await authority.GetAsync(history + "?_count=0")).Text.Should().NotContain("\"entry\"").And.NotContain("next");
        Versions(await authority.GetAsync(history + "?_since=2000")).Should().HaveCount(4);
        (await authority.GetAsync(history + "?_since=2100")).Text.Should().NotContain("\"entry\"");
        foreach (var wrong in new[] { "?_since=gt2000", "?_since=x", "?_at=2000", "?_count=-1", "?_count=1&_count=2" })
            (await authority.GetAsync(history + wrong)).Status.Should().Be(400, wrong);
        (await (await exchange.AsAsync("authority-xbr02")).GetAsync(history)).Status.Should().Be(404);
        (await authority.GetAsync("EpisodeOfCare/nobody/_history")).Status.Should().Be(404);
        (await exchange.OccurrenceOfAsync(all))
            .Seen.Should()
            .HaveCount(4)
            .And.OnlyContain(seen => seen.Contains("/_history/"));
        (await authority.GetAsync("EpisodeOfCare/_history")).Status.Should().Be(404);
    }
}
