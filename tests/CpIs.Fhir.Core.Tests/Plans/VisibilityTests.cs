using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Tests.Plans;

public sealed class VisibilityTests
{
    private static readonly DateOnly Child = new(2019, 4, 23);

    [Theory]
    [InlineData("2026-10-04", false)]
    [InlineData("2026-10-05", true)]
    [InlineData("2030-01-01", true)]
    public void An_open_plan_is_shown_from_its_first_day(string today, bool shown) =>
        Shown(PlanTypes.ChildProtectionPlan, PlanStatus.Active, "2026-10-05", null, Child, today).Should().Be(shown);

    [Theory]
    [InlineData("2026-11-23", true)] // the last day
    [InlineData("2027-11-23", true)] // day 365
    [InlineData("2027-11-24", false)] // day 366
    public void An_ended_plan_is_shown_for_365_days_more(string today, bool shown)
    {
        foreach (var type in new[] { PlanTypes.ChildProtectionPlan, PlanTypes.LookedAfter })
            Shown(type, PlanStatus.Finished, "2026-10-05", "2026-11-23", Child, today).Should().Be(shown);
    }

    [Theory]
    [InlineData("2027-03-01", true)] // the due date
    [InlineData("2027-03-29", true)] // day 28
    [InlineData("2027-03-30", false)] // day 29
    public void An_unborn_plan_is_shown_until_28_days_after_the_due_date(string today, bool shown) =>
        Shown(PlanTypes.UnbornChildProtectionPlan, PlanStatus.Active, "2026-10-05", "2027-03-01", null, today)
            .Should()
            .Be(shown);

    [Fact]
    public void An_unborn_plan_has_no_rule_of_age_because_its_subject_is_the_mother() =>
        Shown(
                PlanTypes.UnbornChildProtectionPlan,
                PlanStatus.Active,
                "2026-10-05",
                "2027-03-01",
                new DateOnly(1990, 1, 1),
                "2026-11-23"
            )
            .Should()
            .BeTrue();

    [Theory]
    [InlineData("2037-04-22", true)]
    [InlineData("2037-04-23", false)]
    public void A_plan_is_hidden_from_the_18th_birthday(string today, bool shown) =>
        Shown(PlanTypes.LookedAfter, PlanStatus.Active, "2026-10-05", null, Child, today).Should().Be(shown);

    [Theory]
    [InlineData("2008-02-29", "2026-02-28", true)]
    [InlineData("2008-02-29", "2026-03-01", false)]
    [InlineData("2084-02-29", "2102-02-28", true)]
    [InlineData("2084-02-29", "2102-03-01", false)]
    public void A_child_of_29_February_comes_of_age_on_1_March(string born, string today, bool shown) =>
        Shown(PlanTypes.LookedAfter, PlanStatus.Active, "2020-01-01", null, Day(born), today, "2090-01-01")
            .Should()
            .Be(shown);

    [Theory]
    [InlineData("ChildProtectionPlan")]
    [InlineData("UnbornChildProtectionPlan")]
    public void A_withdrawn_plan_is_never_shown(string type) =>
        Shown(PlanTypes.FromName(type)!, PlanStatus.Withdrawn, "2026-10-05", "2027-03-01", Child, "2026-11-23")
            .Should()
            .BeFalse();

    [Theory]
    [InlineData("ChildProtectionPlan", "2026-11-23", "2027-11-23")]
    [InlineData("LookedAfter", "2026-11-23", "2027-11-23")]
    [InlineData("LookedAfter", "2036-11-23", "2037-04-22")] // the day before the 18th birthday
    [InlineData("ChildProtectionPlan", null, "2037-04-22")]
    [InlineData("UnbornChildProtectionPlan", "2027-03-01", "2027-03-29")]
    [InlineData("UnbornChildProtectionPlan", "2040-03-01", "2040-03-29")] // no age: it is the mother's
    [InlineData("ChildProtectionPlan", "9999-12-01", "2037-04-22")]
    [InlineData("UnbornChildProtectionPlan", "9999-12-20", "9999-12-31")]
    public void The_last_day_of_a_plan_is_the_last_on_which_it_can_be_shown(string type, string? end, string last) =>
        Visibility
            .LastVisibleDay(PlanOf(PlanTypes.FromName(type)!, PlanStatus.Active, end), Child, Day("2026-11-23"))
            .Should()
            .Be(Day(last));

    [Fact]
    public void A_plan_that_is_open_has_no_last_day_where_no_birthday_is_known()
    {
        foreach (var type in PlanTypes.All)
            Visibility.LastVisibleDay(PlanOf(type, PlanStatus.Active, null), null, Day("2026-11-23")).Should().BeNull();
    }

    [Fact]
    public void A_withdrawn_plan_was_shown_until_the_day_of_its_withdrawal() =>
        Visibility
            .LastVisibleDay(PlanOf(PlanTypes.LookedAfter, PlanStatus.Withdrawn, "2030-01-01"), Child, Day("2026-11-24"))
            .Should()
            .Be(Day("2026-11-24"));

    [Fact]
    public void On_its_last_day_a_plan_is_shown_and_on_none_after_it()
    {
        foreach (var type in PlanTypes.All)
        foreach (var status in new[] { PlanStatus.Active, PlanStatus.Finished })
        foreach (var end in new[] { null, "2026-10-05", "2028-02-29", "2036-06-01" })
        foreach (var born in new DateOnly?[] { Child, Day("2020-02-29"), null })
        {
            var plan = PlanOf(type, status, end);
            if (Visibility.LastVisibleDay(plan, born, Day("2026-10-05")) is not { } last)
            {
                Visibility.IsVisible(plan, Day("2026-10-05"), born, DateOnly.MaxValue).Should().BeTrue();
                continue;
            }

            Visibility.IsVisible(plan, Day("2026-10-05"), born, last).Should().BeTrue();
            for (var later = 1; later < 1_000; later++)
                Visibility.IsVisible(plan, Day("2026-10-05"), born, last.AddDays(later)).Should().BeFalse();
        }
    }

    [Theory]
    [InlineData("2027-03-01", "2026-11-23", "2026-12-21")] // from before the rule: the end is the due date still
    [InlineData("2026-11-20", "2026-11-23", "2026-12-18")] // the actual day
    public void A_finished_unborn_plan_is_shown_28_days_after_it_ended_and_never_by_a_due_date_in_the_future(
        string end,
        string finished,
        string last
    )
    {
        var plan = PlanOf(PlanTypes.UnbornChildProtectionPlan, PlanStatus.Finished, end);

        Visibility.IsVisible(plan, Day(finished), Child, Day(last)).Should().BeTrue();
        Visibility.IsVisible(plan, Day(finished), Child, Day(last).AddDays(1)).Should().BeFalse();
        Visibility.LastVisibleDay(plan, Child, Day(finished)).Should().Be(Day(last));
    }

    [Theory]
    [InlineData("2026-03-28T23:59:59Z", "2026-03-28")]
    [InlineData("2026-03-29T00:00:00Z", "2026-03-29")] // the clocks go forward at 01:00
    [InlineData("2026-06-30T22:59:59Z", "2026-06-30")]
    [InlineData("2026-06-30T23:00:00Z", "2026-07-01")] // midnight in London
    [InlineData("2026-10-24T23:00:00Z", "2026-10-25")] // the day the clocks go back begins in summer time
    [InlineData("2026-10-25T23:30:00Z", "2026-10-25")] // and ends in winter time
    [InlineData("2026-10-26T00:00:00Z", "2026-10-26")]
    public void A_day_begins_at_midnight_in_London(string instant, string day) =>
        LondonCalendar
            .DayOf(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture))
            .Should()
            .Be(Day(day));

    [Theory]
    [InlineData("2026-03-29", "2026-03-29T00:00:00Z")]
    [InlineData("2026-03-30", "2026-03-29T23:00:00Z")]
    [InlineData("2026-10-25", "2026-10-24T23:00:00Z")]
    [InlineData("2026-10-26", "2026-10-26T00:00:00Z")]
    public void The_start_of_a_day_is_an_instant(string day, string instant) =>
        LondonCalendar
            .StartOf(Day(day))
            .Should()
            .Be(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture));

    private static bool Shown(
        PlanType type,
        PlanStatus status,
        string start,
        string? end,
        DateOnly? born,
        string today,
        string? laterStart = null
    )
    {
        var first = Day(start);
        if (laterStart is not null && born > first)
            first = Day(laterStart);
        return Visibility.IsVisible(
            new Plan("episode", type, status, first, end is null ? null : Day(end)),
            Day(today),
            born,
            Day(today)
        );
    }

    private static Plan PlanOf(PlanType type, PlanStatus status, string? end) =>
        new("episode", type, status, Day("2026-10-05"), end is null ? null : Day(end));

    private static DateOnly Day(string text) =>
        DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
