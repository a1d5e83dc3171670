using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Server.Tests.Hosting;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>When a plan is shown, in London days, with the clock of the server moved across each edge.</summary>
public sealed class VisibilityTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Theory]
    [InlineData("ChildProtectionPlan")]
    [InlineData("LookedAfter")]
    public async Task An_ended_plan_is_shown_through_day_365_and_hidden_from_day_366(string type)
    {
        var end = exchange.Today;
        var child = exchange.NewChild(exchange.Plan(PlanTypes.FromName(type)!, PlanStatus.Finished, end: end));
        await exchange.UploadAsync("authority-xhf01", child);

        (await ShownAsync(child)).Should().Be(1, "it ended today");
        exchange.MoveTo(LondonCalendar.StartOf(end.AddDays(366)).AddMinutes(-1));
        (await ShownAsync(child)).Should().Be(1, "day 365 is inclusive to its last minute");
        exchange.MoveTo(end.AddDays(366));
        (await ShownAsync(child)).Should().Be(0);
    }

    [Fact]
    public async Task A_plan_without_an_end_is_shown_until_midnight_in_London_of_the_18th_birthday()
    {
        var birthday = new DateOnly(exchange.Today.Year + 1, 7, 10);
        var child = exchange.NewChild() with { BirthDate = birthday.AddYears(-18) };
        await exchange.UploadAsync("authority-xhf01", child);

        // In July London is an hour ahead of UTC.
        var midnight = new DateTimeOffset(birthday, TimeOnly.MinValue, TimeSpan.FromHours(1));
        exchange.MoveTo(midnight.AddMinutes(-1));
        (await ShownAsync(child)).Should().Be(1);
        exchange.MoveTo(midnight);
        (await ShownAsync(child)).Should().Be(0);
    }

    [Fact]
    public async Task An_unborn_plan_is_shown_through_28_days_after_the_due_date_whatever_the_age_of_the_mother()
    {
        var due = exchange.Today.AddDays(60);
        var mother = exchange.NewChild(exchange.Plan(PlanTypes.UnbornChildProtectionPlan, end: due)) with
        {
            BirthDate = exchange.Today.AddYears(-30),
        };
        await exchange.UploadAsync("authority-xhf01", mother);

        (await ShownAsync(mother)).Should().Be(1);
        exchange.MoveTo(LondonCalendar.StartOf(due.AddDays(29)).AddMinutes(-1));
        (await ShownAsync(mother)).Should().Be(1);
        exchange.MoveTo(due.AddDays(29));
        (await ShownAsync(mother)).Should().Be(0);
    }

    [Fact]
    public async Task A_plan_is_shown_from_the_first_minute_of_the_day_on_which_it_starts()
    {
        var start = exchange.Today.AddDays(30);
        var child = exchange.NewChild(exchange.Plan(start: start));
        await exchange.UploadAsync("authority-xhf01", child);

        (await ShownAsync(child)).Should().Be(0);
        exchange.MoveTo(LondonCalendar.StartOf(start).AddMinutes(-1));
        (await ShownAsync(child)).Should().Be(0);
        exchange.MoveTo(start);
        (await ShownAsync(child)).Should().Be(1);
    }

    [Fact]
    public async Task A_withdrawn_plan_is_hidden_at_once_and_its_Flag_with_it()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        (await ShownAsync(child)).Should().Be(1);

        var text = System.Text.Encoding.UTF8.GetString(
            SyntheticUpload.Bundle(Core.OdsCode.Parse("XHF01"), [child]).Span
        );
        var withdrawal = await (await exchange.AsAsync("authority-xhf01")).PostAsync(
            "",
            text.Replace("\"active\"", "\"entered-in-error\"", StringComparison.Ordinal)
        );

        withdrawal.Status.Should().Be(200, withdrawal.Text);
        foreach (var way in Enum.GetValues<Way>())
        {
            var answer = await (await exchange.AsAsync("hareford-ed")).AskAsync(way, child.NhsNumber.Digits);
            answer.Total.Should().Be(0, $"{way}");
            answer.AllEntries.Should().ContainSingle();
        }
    }

    [Fact]
    public async Task Where_one_authority_withdraws_the_plan_of_the_other_stays()
    {
        var child = exchange.NewChild();
        await exchange.UploadAsync("authority-xhf01", child);
        await exchange.UploadAsync("authority-xbr02", child);
        (await ShownAsync(child)).Should().Be(2);
        await exchange.UploadAsync(
            "authority-xhf01",
            child with
            {
                Plans = [child.Plans[0] with { Status = PlanStatus.Finished, End = exchange.Today.AddDays(-1) }],
            }
        );
        exchange.MoveTo(exchange.Today.AddDays(366));

        var answer = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);

        answer.Total.Should().Be(1);
        answer.Text.Should().Contain("XBR02").And.NotContain("XHF01");
    }

    private async Task<long> ShownAsync(SyntheticChild child)
    {
        var answer = await (await exchange.AsAsync("hareford-ed")).LookUpAsync(child.NhsNumber);
        answer.Status.Should().Be(200, answer.Text);
        answer.Entries("Flag").Should().HaveCount((int)answer.Total);
        answer.Entries("EpisodeOfCare", "include").Should().HaveCount((int)answer.Total);
        return answer.Total;
    }
}
