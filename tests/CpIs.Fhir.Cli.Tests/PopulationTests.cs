using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests;

public sealed class PopulationTests : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public async Task The_same_population_is_written_twice_alike_with_numbers_of_the_test_range()
    {
        foreach (var folder in new[] { "one", "two" })
            (
                await Invocation.RunAsync(
                    "population",
                    "--children",
                    "150",
                    "--authority",
                    "XHF01",
                    "--seed",
                    "7",
                    "--out",
                    _workshop[folder]
                )
            )
                .Code.Should()
                .Be(0);
        var files = Directory.GetFiles(_workshop["one"]).Select(Path.GetFileName).Order().ToList();
        files.Should().HaveCountGreaterThan(1);
        foreach (var file in files)
            File.ReadAllText(Path.Combine(_workshop["one"], file!))
                .Should()
                .Be(File.ReadAllText(Path.Combine(_workshop["two"], file!)));
        File.ReadAllLines(_workshop["one/population.numbers.txt"])
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(n => n.StartsWith("999"));
    }

    public void Dispose() => _workshop.Dispose();
}
