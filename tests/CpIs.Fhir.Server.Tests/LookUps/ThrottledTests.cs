using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Too many look-ups are refused, and the refusals are on record like any other.</summary>
public sealed class ThrottledTests(ThrottledExchange exchange) : IClassFixture<ThrottledExchange>
{
    [Fact]
    public async Task A_person_who_asks_too_often_is_told_when_to_come_again_and_it_is_on_record()
    {
        var setting = await exchange.AsAsync("hareford-ed");
        Answer answer;
        do answer = await setting.LookUpAsync(exchange.NewNumber());
        while (answer.Status == 200);

        answer.Status.Should().Be(429);
        int.Parse(answer.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture)
            .Should()
            .BeInRange(1, 60);
        answer.Issue.Code.Should().Be("throttled");
        var access = await exchange.RecordOfAsync(answer);
        access.GetProperty("outcome").GetString().Should().Be("4");
        access.GetProperty("outcomeDesc").GetString().Should().Be(answer.Issue.Diagnostics);
    }
}

/// <summary>A server that takes three look-ups of a person at once, and one a second after that.</summary>
public sealed class ThrottledExchange : RunningExchange
{
    protected override bool WithoutLimits => false;

    protected override object Settings =>
        new { Demo = new { Seed = false }, Security = new { Limits = new { PersonPerSecond = 1, PersonBurst = 3 } } };
}
