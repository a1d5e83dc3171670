using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using Microsoft.Extensions.Time.Testing;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>Promise 16 inside the engine: what cannot be numbered or written down keeps nothing from being sent that can be.</summary>
public sealed class RefusedCallTests
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");
    private readonly FakeTimeProvider _time = new(
        DateTimeOffset.Parse("2026-11-20T22:00:00Z", CultureInfo.InvariantCulture)
    );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("NumberObligationsAsync")]
    [InlineData("AddAttemptsAsync")]
    public async Task What_is_numbered_is_sent_though_the_store_refuses_another_call(string refused)
    {
        var store = new ModelStore();
        await SubscribeAsync(store);
        var directory = new OrganisationDirectory(
            1,
            [
                new Organisation
                {
                    Code = Authority,
                    Name = "An authority",
                    Kind = CallerKind.Authority,
                },
            ],
            []
        );
        var taken = Task.FromResult(new SendOutcome(SendResult.Accepted, 200));
        var server = new SimulatedServer(store, _time, directory, (_, _) => taken, seed: 1, mortality: 0)
        {
            Refused = { refused },
        };

        for (var i = 0; i < 3; i++)
        {
            await OweAsync(store, i);
            await store.NumberObligationsAsync(_time.GetUtcNow(), TimeSpan.Zero, 10, Stop);
            _time.Advance(TimeSpan.FromSeconds(2));
            await server.StepAsync();
            await server.Engine.WhenQuietAsync();
        }

        store.Obligations.Should().HaveCount(3).And.OnlyContain(owed => owed.Settled != null);
        server.Faults.Should().NotBeEmpty("it is told").And.AllBeOfType<StoreUnavailableException>();
    }

    /// <summary>A Subscription that is active.</summary>
    private Task<CommitOutcome> SubscribeAsync(ModelStore store) =>
        store.CommitAsync(
            new Commit
            {
                Changes =
                [
                    new Change(
                        new StoredResource
                        {
                            Type = RecordType.Subscription,
                            Id = "s1",
                            Version = 1,
                            LastUpdated = _time.GetUtcNow(),
                            Authority = Authority,
                            Body = "{}"u8.ToArray(),
                            Tokens = [SubscriptionDocument.StatusToken("active")],
                            Subscription = new SubscriptionTerms
                            {
                                Status = SubscriptionStatus.Active,
                                Activated = true,
                                Endpoint = "https://hooks.example.org/",
                            },
                        },
                        0
                    ),
                ],
            },
            Stop
        );

    private Task OweAsync(ModelStore store, int which)
    {
        var plan = new ShownPlan(Authority, PlanTypes.LookedAfter, "e", 1, "f", 1);
        return store.RecordAsync(
            new Occurrence
            {
                Id = $"o{which}",
                Kind = OccurrenceKind.Access,
                Time = _time.GetUtcNow(),
                ClientId = "ed",
                Organisation = OdsCode.Parse("XED01"),
                OrganisationName = "A department",
                CallerKind = CallerKind.Setting,
                Interaction = "Flag",
                RequestId = "r",
                Shown = [plan],
                Obligations = [new Obligation(Authority, [plan])],
            },
            Stop
        );
    }
}
