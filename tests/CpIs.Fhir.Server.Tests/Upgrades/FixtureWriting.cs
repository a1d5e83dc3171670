using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>
/// Writes the fixtures of the present version: to the folder that <c>CPIS_WRITE_STORES</c> names, where they are kept
/// (tests/fixtures/stores/README.md), or only to see that they could be.
/// </summary>
[Trait(Proof.Long, "true")]
public sealed class FixtureWriting : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("cpis-fixtures-");

    public static TheoryData<string> Forms => [.. StoreForm.All.Select(form => form.ToString()!)];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_store_of_this_version_can_be_kept_as_a_fixture(string named)
    {
        var form = StoreForm.All.Single(form => form.ToString() == named);
        var target = Environment.GetEnvironmentVariable("CPIS_WRITE_STORES") is { Length: > 0 } kept
            ? kept
            : _scratch.FullName;
        var fixture = Path.Combine(Path.GetFullPath(target), named);
        await using var place = await StorePlace.TakeAsync(form);
        place.Begin();
        Acknowledged acknowledged;
        await using (var exchange = await ExchangeOnStore.StartAsync(place, StoreLife.Start))
            acknowledged = await new StoreLife(exchange).RunAsync();

        await place.SaveAsync(fixture);
        await acknowledged.SaveAsync(fixture);

        await using var again = await StorePlace.TakeAsync(form);
        await again.RestoreAsync(fixture);
        (await Acknowledged.ReadAsync(fixture)).Should().BeEquivalentTo(acknowledged);
    }

    public void Dispose() => _scratch.Delete(true);
}
