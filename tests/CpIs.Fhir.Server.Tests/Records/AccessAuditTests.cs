using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Records;

/// <summary>What an authority learns of the accesses to its own children.</summary>
public sealed class AccessAuditTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task An_authority_finds_every_unscheduled_access_of_its_child_with_its_own_plans_only()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.UploadAsync("authority-xbr02", child);
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        await (await exchange.AsAsync("gp-hareford")).LookUpAsync(child.NhsNumber);

        var authority = await exchange.AsAsync("authority-xhf01");
        var mine = (await authority.GetAsync("EpisodeOfCare?patient:identifier=" + Token(child.NhsNumber.Digits)))
            .Entries("EpisodeOfCare")[0]
            .GetProperty("id")
            .GetString();
        var found = await authority.GetAsync("AuditEvent?patient:identifier=" + Token(child.NhsNumber.Digits));

        found.Total.Should().Be(2, "each access counts, also repeats, and no silent one");
        found.Text.Should().NotContain("\"scheduled\"").And.Contain("\"unscheduled\"");
        foreach (var access in found.Entries("AuditEvent"))
        {
            var plans = access
                .GetProperty("entity")
                .EnumerateArray()
                .Where(e => e.GetProperty("type").GetProperty("code").GetString() == "EpisodeOfCare")
                .Select(e => e.GetProperty("what").GetProperty("reference").GetString());
            plans.Should().Equal($"EpisodeOfCare/{mine}/_history/1");
        }

        found
            .Entries("AuditEvent")
            .Select(a => a.GetProperty("recorded").GetString())
            .Should()
            .BeInDescendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_scheduled_access_is_found_by_no_authority_in_no_way()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var surgery = await exchange.AsAsync("gp-hareford");
        var silent = await surgery.LookUpAsync(child.NhsNumber);
        silent.Total.Should().Be(1);
        var id = (await exchange.RecordOfAsync(silent)).GetProperty("id").GetString();
        var authority = await exchange.AsAsync("authority-xhf01");

        foreach (
            var search in new[] { "?_count=1000", "?_count=0", "?patient:identifier=" + Token(child.NhsNumber.Digits) }
        )
        {
            var found = await authority.GetAsync("AuditEvent" + search);
            found.Text.Should().NotContain(id).And.NotContain("\"scheduled\"");
            if (search.StartsWith("?patient", StringComparison.Ordinal))
                found.Total.Should().Be(0);
        }

        (await authority.GetAsync($"AuditEvent/{id}")).Status.Should().Be(404);
        (await (await exchange.AsAsync("operator")).GetAsync($"AuditEvent/{id}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task An_access_that_was_shown_nothing_of_an_authority_tells_it_nothing()
    {
        var child = exchange.NewChild(exchange.Plan(start: exchange.Today.AddDays(20)));
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.UploadAsync(
            "authority-xbr02",
            child with
            {
                Plans = [exchange.Plan() with { PlanId = "other" }],
            }
        );
        (await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber)).Total.Should().Be(1);

        foreach (var (client, count) in new[] { ("authority-xhf01", 0), ("authority-xbr02", 1) })
            (
                await (await exchange.AsAsync(client)).GetAsync(
                    "AuditEvent?patient:identifier=" + Token(child.NhsNumber.Digits)
                )
            )
                .Total.Should()
                .Be(count, client);
    }

    [Fact]
    public async Task A_date_bounds_the_accesses_and_several_dates_bound_them_together()
    {
        var child = exchange.NewChild(exchange.Plan(PlanTypes.LookedAfter));
        await exchange.UploadAsync("authority-xhf01", child);
        var first = exchange.Today;
        for (var day = 0; day < 4; day++)
        {
            exchange.MoveTo(LondonCalendar.StartOf(first.AddDays(day)).AddHours(12));
            await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        }

        foreach (
            var (dates, count) in new[]
            {
                ("", 4),
                ($"&date={Day(1)}", 1),
                ($"&date=eq{Day(1)}", 1),
                ($"&date=ge{Day(1)}", 3),
                ($"&date=gt{Day(1)}", 2),
                ($"&date=le{Day(1)}", 2),
                ($"&date=lt{Day(1)}", 1),
                ($"&date=ge{Day(1)}&date=le{Day(2)}", 2),
                ($"&date=ge{Day(2)}&date=ge{Day(1)}", 2),
                ($"&date=le{Day(0)}&date=le{Day(3)}", 1),
                ($"&date=ge{Day(3)}&date=lt{Day(1)}", 0),
            }
        )
            (await FindAsync(dates)).Total.Should().Be(count, dates);

        string Day(int day) =>
            first.AddDays(day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        async Task<Answer> FindAsync(string dates) =>
            await (await exchange.AsAsync("authority-xhf01")).GetAsync(
                $"AuditEvent?patient:identifier={Token(child.NhsNumber.Digits)}{dates}"
            );
    }

    [Fact]
    public async Task Accesses_are_found_by_who_asked_what_was_shown_and_how_it_ended()
    {
        const string Ods = "https://fhir.nhs.uk/Id/ods-organization-code";
        var (child, other) = (exchange.NewChild(), exchange.NewChild());
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.UploadAsync("authority-xhf01", other);
        await exchange.UploadAsync("authority-xbr02", child);
        var access = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(other.NhsNumber);
        var seen = await exchange.OccurrenceOfAsync(access);
        var authority = await exchange.AsAsync("authority-xhf01");
        var day = $"&date={exchange.Today:yyyy-MM-dd}";
        var plan = seen.Shown.Single(shown => shown.Authority.Value == "XHF01");
        var theirs = seen.Shown.Single(shown => shown.Authority.Value == "XBR02");
        var mine = "patient:identifier=" + Token(child.NhsNumber.Digits);

        foreach (
            var (search, count) in new[]
            {
                ($"{mine}&agent:identifier={Ods}|{seen.Organisation}", 1),
                ($"{mine}&agent:identifier={seen.Organisation}", 1),
                ($"{mine}&agent:identifier=https://fhir.nhs.uk/Id/sds-user-id|{seen.Organisation}", 0),
                ($"{mine}&agent:identifier=https://fhir.nhs.uk/Id/sds-user-id|{seen.Person!.SdsUserId}", 1),
                ($"{mine}&agent:identifier={Ods}|XXXXX,{seen.Person.SdsUserId}", 1),
                ($"{mine}&agent:identifier={seen.Person.SdsUserId}&agent:identifier=XXXXX", 0),
                ($"{mine}&outcome=0", 1),
                ($"{mine}&outcome=http://hl7.org/fhir/audit-event-outcome|0", 1),
                ($"{mine}&outcome=http://example.org|0", 0),
                ($"{mine}&outcome=4,8", 0),
                ($"entity=EpisodeOfCare/{plan.EpisodeId}{day}", 1),
                ($"entity=EpisodeOfCare/{plan.EpisodeId}/_history/1{day}", 1),
                ($"entity=EpisodeOfCare/{plan.EpisodeId}/_history/2{day}", 0),
                ($"entity=EpisodeOfCare/{theirs.EpisodeId}{day}", 0),
                ($"entity:identifier={Token(child.NhsNumber.Digits)}{day}", 1),
                ($"entity:identifier={seen.RequestId}{day}", 1),
            }
        )
        {
            var found = await authority.GetAsync("AuditEvent?" + search);
            found.Status.Should().Be(200, found.Text);
            found.Total.Should().Be(count, search);
            found.Entries("AuditEvent").Should().HaveCount(count, search);
        }

        var refused = await (await exchange.AsAsync("hareford-ed")).GetAsync("Flag?patient:identifier=x");
        var operators = await exchange.AsAsync("operator");
        var failed = await operators.GetAsync($"AuditEvent?outcome=4{day}&_sort=date&_count=1000");
        failed.Text.Should().Contain((await exchange.RecordOfAsync(refused)).GetProperty("id").GetString());
        failed.Text.Should().NotContain("\"outcome\":\"0\"");
        foreach (
            var hidden in new[]
            {
                $"entity:identifier={Token(child.NhsNumber.Digits)}",
                $"entity=EpisodeOfCare/{plan.EpisodeId}",
            }
        )
            (await operators.GetAsync($"AuditEvent?{hidden}{day}")).Status.Should().Be(403, hidden);
    }

    [Theory]
    [InlineData("outcome=0", "date")]
    [InlineData("outcome=0&date=ge2020-01-01", "date")]
    [InlineData("agent:identifier=RWH01&date=le2026-01-01", "date")]
    [InlineData("outcome=banana&date=2026-06-10", "outcome")]
    [InlineData("agent=RWH01&date=2026-06-10", "agent")]
    public async Task What_would_open_every_access_is_refused_with_what_to_send(string search, string place)
    {
        var refused = await (await exchange.AsAsync("authority-xhf01")).GetAsync("AuditEvent?" + search);

        refused.Status.Should().Be(400, refused.Text);
        refused.Issue.Expression.Should().Be(place);
    }

    [Fact]
    public async Task Pages_of_a_search_by_what_is_in_an_access_hold_each_once()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        for (var i = 0; i < 5; i++)
            await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var authority = await exchange.AsAsync("authority-xhf01");
        var seen = new List<string?>();

        var page = await authority.GetAsync(
            $"AuditEvent?patient:identifier={Token(child.NhsNumber.Digits)}&outcome=0&_count=2"
        );
        while (true)
        {
            page.Total.Should().Be(5);
            seen.AddRange(page.Entries("AuditEvent").Select(found => found.GetProperty("id").GetString()));
            if (page.Link("next") is not { } next)
                break;
            page = await authority.GetAsync(next[exchange.FhirBase.ToString().Length..]);
        }

        seen.Should().HaveCount(5).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Pages_of_accesses_hold_each_once_and_their_links_open_for_nobody_else_and_name_no_child()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        for (var i = 0; i < 5; i++)
            await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var authority = await exchange.AsAsync("authority-xhf01");

        var page = await authority.GetAsync($"AuditEvent?patient:identifier={Token(child.NhsNumber.Digits)}&_count=2");
        var next = page.Link("next");
        next.Should().NotBeNull();
        var ids = page.Entries("AuditEvent").Select(a => a.GetProperty("id").GetString()).ToList();
        ids.Should().HaveCount(2);
        next.Should().NotContain(child.NhsNumber.Digits);
        foreach (var stranger in new[] { "authority-xbr02", "operator" })
        {
            var refused = await (await exchange.AsAsync(stranger)).GetAsync(next!);
            refused.Status.Should().Be(400);
            refused.Text.Should().NotContain(child.NhsNumber.Digits);
        }

        for (var more = 0; more < 2; more++)
        {
            page = await authority.GetAsync(next!);
            page.Total.Should().Be(5);
            ids.AddRange(page.Entries("AuditEvent").Select(a => a.GetProperty("id").GetString()));
            next = page.Link("next");
        }

        next.Should().BeNull();
        ids.Should().HaveCount(5).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task An_access_is_read_by_its_id_as_it_was_found()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        var authority = await exchange.AsAsync("authority-xhf01");
        var found = (
            await authority.GetAsync($"AuditEvent?patient:identifier={Token(child.NhsNumber.Digits)}")
        ).Entries("AuditEvent")[0];

        var read = await authority.GetAsync($"AuditEvent/{found.GetProperty("id").GetString()}");

        read.Text.Should().Be(found.GetRawText());
        (await authority.GetAsync("AuditEvent/none")).Status.Should().Be(404);
    }

    private static string Token(string number) => "https://fhir.nhs.uk/Id/nhs-number|" + number;
}
