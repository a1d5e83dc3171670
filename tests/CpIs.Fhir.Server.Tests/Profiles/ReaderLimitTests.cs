using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Profiles;

/// <summary>What anyone may read is limited, so that nobody keeps look-ups waiting by reading.</summary>
public sealed class ReaderLimitTests(ReaderLimitTests.FewReads exchange) : IClassFixture<ReaderLimitTests.FewReads>
{
    [
        Fact,
        Trait("OneServer", "A limit is exact on one server; over several it is settled each second (docs/adr/0020).")
    ]
    public async Task One_address_reads_so_much_and_is_then_told_to_wait_while_clients_go_on()
    {
        string[] paths =
        [
            "/profiles",
            "StructureDefinition/CPIS-Flag",
            "ValueSet?_count=1",
            "/profiles/package",
            "/profiles/nothing",
        ];
        foreach (var path in paths[..3])
            (await exchange.Anonymous.GetAsync(path)).Status.Should().Be(200, path);

        foreach (var path in paths)
        {
            var answer = await exchange.Anonymous.GetAsync(path);
            answer.Status.Should().Be(429, path);
            answer.Headers.Should().ContainKey("Retry-After");
            answer.Headers["Cache-Control"].Should().Be("no-store");
        }

        (await exchange.Anonymous.GetAsync("metadata")).Status.Should().Be(200);
        (await (await exchange.AsAsync("operator")).GetAsync("Organization")).Status.Should().Be(200);
    }

    public sealed class FewReads : RunningExchange
    {
        protected override bool WithoutLimits => false;

        protected override object Settings =>
            new
            {
                Demo = new { Seed = false },
                Security = new { Limits = new { ReaderPerSecond = 1, ReaderBurst = 3 } },
            };
    }
}
