using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CpIs.Fhir.Server.Tests.Admission;

/// <summary>Promise 16: one person's flood delays nobody else, and fills no store.</summary>
public sealed class FloodTests(FloodTests.Flooded exchange) : IClassFixture<FloodTests.Flooded>
{
    private const int OfColleague = 10;
    private const int OfFlood = 40;

    [
        Theory,
        Trait("OneServer", "A limit is exact on one server; over several it is settled each second (docs/adr/0020).")
    ]
    [InlineData("555000000101", "555000000102")]
    [InlineData("555000000202", "555000000201")]
    public async Task A_colleague_of_the_same_client_is_answered_every_time(string flooder, string colleague)
    {
        var (flood, calm) = (await AsAsync(flooder), await AsAsync(colleague));
        var refused = new List<Answer>();
        for (var i = 0; i < OfColleague; i++)
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, OfFlood).Select(_ => flood.LookUpAsync(exchange.NewNumber()))
            );
            refused.AddRange(answers.Where(answer => answer.Status == 429));
            (await calm.LookUpAsync(exchange.NewNumber())).Status.Should().Be(200);
        }

        refused.Should().HaveCountGreaterThan(OfFlood, "the person's own limit holds");
        refused
            .Should()
            .OnlyContain(a => a.Issue.Diagnostics.StartsWith(LookUpTexts.Failure, StringComparison.Ordinal));
        refused.Should().OnlyContain(a => a.Headers.ContainsKey("Retry-After"));
        var recorded = (await ThrottledAsync(flooder)).Count;
        var minutes = 2; // however slow the machine: the clock moves on by itself
        recorded.Should().BeInRange(1, ThrottledLookUps.PerMinute * minutes * exchange.Each<LookUpService>().Count());
    }

    [Fact]
    public async Task Requests_of_the_wrong_kind_are_limited_as_any_other()
    {
        var flood = await AsAsync("555000000301");
        var statuses = new List<int>();
        for (var i = 0; i < 3 * OfFlood * exchange.Each<LookUpService>().Count(); i++)
            statuses.Add((await flood.GetAsync("Subscription")).Status);

        statuses.Should().OnlyContain(status => status == 403 || status == 429).And.Contain(429);
    }

    private async Task<Speaker> AsAsync(string person) =>
        await exchange.SignInAsync(
            "hareford-ed",
            RunningExchange.Client("hareford-ed").User! with
            {
                SdsUserId = person,
            }
        );

    private async Task<IReadOnlyList<Occurrence>> ThrottledAsync(string person)
    {
        var page = await exchange
            .Services.GetRequiredService<IOccurrenceStore>()
            .SearchOccurrencesAsync(
                new OccurrenceQuery { Kind = OccurrenceKind.Access, Count = 1_000 },
                TestContext.Current.CancellationToken
            );
        return
        [
            .. page.Items.Where(a =>
                a.Person?.SdsUserId == person
                && a.Reason?.Contains("Too many requests", StringComparison.Ordinal) == true
            ),
        ];
    }

    /// <summary>The client's burst is far below what the flood asks, and above what both persons are granted.</summary>
    public sealed class Flooded : RunningExchange
    {
        protected override bool WithoutLimits => false;

        protected override object Settings =>
            new
            {
                Demo = new { Seed = false },
                Security = new
                {
                    Limits = new
                    {
                        PersonPerSecond = 1,
                        PersonBurst = 20,
                        ClientPerSecond = 2,
                        ClientBurst = 100,
                    },
                },
            };
    }
}
