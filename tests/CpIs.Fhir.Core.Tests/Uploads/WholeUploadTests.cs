using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>Whole uploads, as they come: the published example, and a synthetic county.</summary>
public sealed class WholeUploadTests
{
    [Fact]
    public async Task The_published_example_is_taken()
    {
        await using var harness = await UploadHarness.OpenAsync();

        var result = await harness.SendAsync(
            await File.ReadAllBytesAsync(Example(), TestContext.Current.CancellationToken)
        );

        result.Refusal.Should().BeNull();
        Answered.Of(result.Value).Should().OnlyContain(a => a.Status == "201 Created");
    }

    [Fact]
    public async Task A_synthetic_county_is_taken_whole()
    {
        await using var harness = await UploadHarness.OpenAsync();
        var population = SyntheticPopulation.OfCounty(OdsCode.Parse("XHF01"), 1_000, new DateOnly(2026, 11, 23));

        foreach (var bundle in SyntheticUpload.Bundles(population, 300))
            (await harness.SendAsync(bundle)).Refusal.Should().BeNull();

        var plans = population.Children().Sum(c => c.Plans.Count);
        foreach (
            var (type, count) in new[]
            {
                (RecordType.Patient, 1_000),
                (RecordType.EpisodeOfCare, plans),
                (RecordType.Flag, plans),
            }
        )
        {
            var query = new RecordQuery(type, OdsCode.Parse("XHF01"), []) { Count = 0 };
            (await harness.Store.SearchAsync(query, TestContext.Current.CancellationToken)).Total.Should().Be(count);
        }
    }

    private static string Example()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CpIs.Fhir.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "examples", "resources", "Bundle-upload.json");
    }
}
