namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>Writes the fixtures of the present version: see tests/fixtures/stores/README.md.</summary>
public sealed class FixtureWriting
{
    [Fact(Explicit = true)]
    public async Task Write_the_fixtures_of_this_version()
    {
        var target = Environment.GetEnvironmentVariable("CPIS_WRITE_STORES");
        target.Should().NotBeNullOrEmpty("CPIS_WRITE_STORES names the folder, such as tests/fixtures/stores/VERSION");
        foreach (var form in StoreForm.All)
        {
            await using var place = await StorePlace.TakeAsync(form);
            place.Begin();
            Acknowledged acknowledged;
            await using (var exchange = await ExchangeOnStore.StartAsync(place, StoreLife.Start))
                acknowledged = await new StoreLife(exchange).RunAsync();
            var fixture = Path.Combine(Path.GetFullPath(target!), form.ToString());
            await place.SaveAsync(fixture);
            await acknowledged.SaveAsync(fixture);
        }
    }
}
