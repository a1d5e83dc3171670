using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>What is filled in without HTTP is what an upload would have stored, to the byte.</summary>
public sealed class FirstUploadTests : IAsyncLifetime
{
    private UploadHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await UploadHarness.OpenAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task It_makes_the_very_resources_that_a_real_upload_stores()
    {
        var authority = OdsCode.Parse("XHF01");
        var population = SyntheticPopulation.OfCounty(authority, 80, LondonCalendar.DayOf(UploadHarness.Noon));
        foreach (var bundle in SyntheticUpload.Bundles(population))
            (await _harness.SendAsync(bundle)).Refusal.Should().BeNull();

        using var first = new FirstUpload(authority, "org-xhf01");
        foreach (var child in population.Children())
        {
            var stored = await _harness.ChildAsync(child.NhsNumber.Digits);
            var ids = new Queue<string>(IdsOf(child, stored));
            var made = first.ResourcesOf(Known(child), UploadHarness.Noon, ids.Dequeue);
            ids.Should().BeEmpty();
            made.Select(Shown).Should().BeEquivalentTo(stored.Select(Shown), child.LocalId);
        }
    }

    /// <summary>As the upload gave them: the Patient's, then those of each plan's EpisodeOfCare and Flag.</summary>
    private static IEnumerable<string> IdsOf(SyntheticChild child, IReadOnlyList<StoredResource> stored)
    {
        yield return stored.Single(r => r.Type == RecordType.Patient).Id;
        foreach (var plan in child.Plans)
        foreach (var type in new[] { RecordType.EpisodeOfCare, RecordType.Flag })
            yield return stored.Single(r => r.Type == type && r.Identity == $"XHF01|{plan.PlanId}").Id;
    }

    private static KnownChild Known(SyntheticChild child) =>
        new(
            child.NhsNumber,
            child.LocalId,
            child.Family,
            child.Given,
            child.BirthDate,
            [.. child.Plans.Select(p => new KnownPlan(p.PlanId, p.Type, p.Status, p.Start, p.End))]
        );

    private static object Shown(StoredResource resource) =>
        new
        {
            resource.Type,
            resource.Id,
            resource.Version,
            resource.LastUpdated,
            resource.Authority,
            resource.Identity,
            resource.Child,
            resource.Plan,
            resource.BirthDate,
            Tokens = resource.Tokens.Order(StringComparer.Ordinal).ToArray(),
            Body = System.Text.Encoding.UTF8.GetString(resource.Body.Span),
            View = System.Text.Encoding.UTF8.GetString(resource.SettingView.Span),
        };
}
