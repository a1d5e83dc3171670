using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Who looked at a child before: what the history shows, and what it keeps to itself.</summary>
public sealed class HistoryTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task The_history_has_the_25_newest_unscheduled_accesses_newest_first_with_the_current_one()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        Answer answer = null!;
        for (var person = 0; person < 27; person++)
            answer = await (await PersonAsync("hareford-ed", $"77700000{person:D4}")).LookUpAsync(child.NhsNumber);

        var history = answer.Entries("AuditEvent", "include");

        history.Should().HaveCount(25);
        history
            .Select(access => access.GetProperty("recorded").GetString())
            .Should()
            .BeInDescendingOrder(StringComparer.Ordinal);
        history[0].GetRawText().Should().Contain("777000000026", "the current access is the newest");
        answer
            .Text.Should()
            .NotContain("777000000000")
            .And.NotContain("777000000001", "they are older than the newest 25");
    }

    [Fact]
    public async Task The_same_person_within_24_hours_of_the_first_appears_once_and_after_that_again()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        var first = exchange.Clock.GetUtcNow();

        (await HistoryAsync(child.NhsNumber.Digits)).Should().HaveCount(1);
        exchange.MoveTo(first.AddHours(23).AddMinutes(50));
        (await HistoryAsync(child.NhsNumber.Digits)).Should().HaveCount(1, "it is a repeat of the first");
        exchange.MoveTo(first.AddHours(24).AddMinutes(10));
        (await HistoryAsync(child.NhsNumber.Digits))
            .Should()
            .HaveCount(2, "the 24 hours count from the first access shown, not from the last repeat");
    }

    [Fact]
    public async Task A_scheduled_access_is_not_in_the_history_but_sees_it()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);

        var silent = await (await exchange.AsAsync("gp-hareford")).LookUpAsync(child.NhsNumber);
        silent.Entries("AuditEvent", "include").Should().BeEmpty("nobody has looked unscheduled yet");
        var loud = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        loud.Entries("AuditEvent", "include").Should().ContainSingle();
        var again = await (await exchange.AsAsync("gp-hareford")).LookUpAsync(child.NhsNumber);

        again.Entries("AuditEvent", "include").Should().ContainSingle().Which.GetRawText().Should().Contain("XED01");
    }

    [Fact]
    public async Task A_refused_access_and_a_miss_are_not_in_the_history()
    {
        var child = exchange.NewChild();
        var setting = await exchange.AsAsync("hareford-ed");
        (await setting.LookUpAsync(child.NhsNumber)).Total.Should().Be(0);
        await exchange.UploadAsync("authority-xhf01", child);
        await (await exchange.SignInAsync("hareford-ed", null)).LookUpAsync(child.NhsNumber);

        var answer = await (await exchange.AsAsync("nhs-111-north")).LookUpAsync(child.NhsNumber);

        answer.Entries("AuditEvent", "include").Should().ContainSingle().Which.GetRawText().Should().Contain("XNE04");
    }

    [Fact]
    public async Task Without_a_visible_plan_there_is_no_history()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        (await HistoryAsync(child.NhsNumber.Digits)).Should().HaveCount(1);
        await exchange.UploadAsync(
            "authority-xhf01",
            child with
            {
                Plans = [child.Plans[0] with { Status = PlanStatus.Finished, End = exchange.Today }],
            }
        );
        exchange.MoveTo(exchange.Today.AddDays(366));

        (await HistoryAsync(child.NhsNumber.Digits)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_history_tells_a_setting_which_person_and_organisation_and_no_plan_of_anybody()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.UploadAsync("authority-xbr02", child with { LocalId = "OTHER-2" });
        await (await exchange.AsAsync("nhs-111-north")).LookUpAsync(child.NhsNumber);

        var answer = await (await exchange.AsAsync("hareford-ed")).AskAsync(Way.History, child.NhsNumber.Digits);

        answer.Total.Should().Be(2);
        foreach (var access in answer.Entries("AuditEvent"))
        {
            access.GetRawText().Should().NotContain("EpisodeOfCare/").And.NotContain("XHF01").And.NotContain("XBR02");
            access.TryGetProperty("outcomeDesc", out _).Should().BeFalse();
        }
    }

    private async Task<IReadOnlyList<System.Text.Json.JsonElement>> HistoryAsync(string number)
    {
        var answer = await (await exchange.AsAsync("hareford-ed")).AskAsync(Way.History, number);
        answer.Status.Should().Be(200, answer.Text);
        return answer.Entries("AuditEvent");
    }

    private Task<Speaker> PersonAsync(string client, string sdsUserId) =>
        exchange.SignInAsync(client, RunningExchange.Client(client).User! with { SdsUserId = sdsUserId });
}
