using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>
/// Promises 3 and 4 under everything that can happen at once: what the simulation finds in a store without faults is a fault of the engine; and each
/// fault that a store could have is found, or the simulation would prove nothing.
/// </summary>
public sealed class SimulationTests
{
    private static readonly int Runs = Proof.Of(everyDay: 500, inFull: 50_000);

    [Fact]
    public async Task Whatever_dies_stalls_fails_or_refuses_every_notice_is_told_taken_or_open()
    {
        var found = new List<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Runs),
            TestContext.Current.CancellationToken,
            async (seed, _) =>
            {
                foreach (var violation in await new Simulation(seed).RunAsync().WaitAsync(TimeSpan.FromMinutes(1), _))
                    lock (found)
                        found.Add($"seed {seed}: {violation}");
            }
        );
        found.Should().BeEmpty();
    }

    [Theory]
    [InlineData(nameof(Fault.NoFence), "two attempts in progress")]
    [InlineData(nameof(Fault.SettlesBeforeItSends), "no receiver has it")]
    [InlineData(nameof(Fault.AnySubscriptionTells), "no receiver has it")]
    [InlineData(nameof(Fault.NumbersApart), "The numbers of")]
    [InlineData(nameof(Fault.ForgetsWhatWasDurable), "nobody owes it")]
    [InlineData(nameof(Fault.FailureOnEvent), "in the order")]
    public async Task A_store_with_a_fault_is_found_out(string fault, string how)
    {
        // The rarest is found in one run of a hundred, by threads that happen to meet.
        for (var seed = 1; seed <= 2_000; seed++)
            if (
                (await new Simulation(seed, Enum.Parse<Fault>(fault)).RunAsync()).Any(violation =>
                    violation.Contains(how, StringComparison.Ordinal)
                )
            )
                return;
        Assert.Fail("Nothing was found in 2,000 runs.");
    }
}
