using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Tests.Notifications;

public sealed class RetryScheduleTests
{
    private static readonly string Default = new NotificationOptions().RetrySchedule;

    [Fact]
    public void Waiting_times_follow_the_data_and_the_last_repeats_for_ever()
    {
        var schedule = new RetrySchedule(Default, 0, new Random(1));

        Enumerable
            .Range(1, 9)
            .Select(n => schedule.DelayAfter(n, null).TotalSeconds)
            .Should()
            .Equal(5, 30, 120, 300, 900, 1_800, 3_600, 3_600, 3_600);
        schedule.DelayAfter(100_000, null).Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Jitter_stays_within_its_share_and_is_the_same_for_the_same_seed()
    {
        var one = new RetrySchedule(Default, 0.2, new Random(42));
        var other = new RetrySchedule(Default, 0.2, new Random(42));

        var delays = Enumerable.Range(0, 1_000).Select(_ => one.DelayAfter(2, null).TotalSeconds).ToList();

        delays.Should().OnlyContain(d => d >= 24 && d <= 36);
        delays.Max().Should().BeGreaterThan(35);
        delays.Min().Should().BeLessThan(25);
        delays.Take(5).Should().Equal(Enumerable.Range(0, 5).Select(_ => other.DelayAfter(2, null).TotalSeconds));
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(17, 17)]
    [InlineData(86_400, 3_600)]
    public void Retry_After_is_honoured_between_a_second_and_an_hour(int asked, int given) =>
        new RetrySchedule(Default, 0.2, new Random(1))
            .DelayAfter(1, TimeSpan.FromSeconds(asked))
            .Should()
            .Be(TimeSpan.FromSeconds(given));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5s,,1m")]
    [InlineData("5x")]
    [InlineData("-5s")]
    [InlineData("0s")]
    public void What_is_no_schedule_is_refused_at_start(string text) =>
        FluentActions.Invoking(() => new RetrySchedule(text, 0, new Random(1))).Should().Throw<FormatException>();
}
