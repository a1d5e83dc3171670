using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Transfer;

namespace CpIs.Fhir.Synthetic.Tests;

/// <summary>The populations as a store to fill another from.</summary>
public sealed class SyntheticSourceTests
{
    private static readonly DateOnly Today = new(2026, 6, 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_populations_give_the_same_records_each_with_an_id_of_its_own()
    {
        var first = await ReadAsync(Source());
        var second = await ReadAsync(Source());

        default(SectionSum).With(second).Should().Be(default(SectionSum).With(first));
        first.Should().HaveCount((int)await Source().CountAsync(TransferSection.Resources, default, Cancellation));
        first.Select(r => r.Current.Id).Should().OnlyHaveUniqueItems();
        first.Select(r => (r.Current.Type, r.Current.Identity)).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Read_on_after_any_batch_the_rest_is_what_it_would_have_been()
    {
        var whole = await ReadAsync(Source());
        var batches = new List<TransferBatch>();
        await foreach (var batch in Source().ReadAsync(TransferSection.Resources, null, default, Cancellation))
            batches.Add(batch);
        batches.Should().HaveCountGreaterThan(2, "each authority ends a batch, and one fills more than one");

        var sum = default(SectionSum);
        foreach (var batch in batches)
        {
            sum = sum.With(batch.Records);
            var rest = await ReadAsync(Source(), batch.LastKey);
            sum.With(rest).Should().Be(default(SectionSum).With(whole));
        }
    }

    [Fact]
    public void Another_seed_number_or_day_is_another_source()
    {
        var population = SyntheticPopulation.OfCounty(OdsCode.Parse("XHF01"), 10, Today);

        new[]
        {
            new SyntheticSource([population]),
            new SyntheticSource([population with { Seed = 2 }]),
            new SyntheticSource([population with { Today = Today.AddDays(1) }]),
            new SyntheticSource([population with { LookedAfter = 0 }]),
        }
            .Select(source => source.Identity)
            .Should()
            .OnlyHaveUniqueItems();
    }

    private static SyntheticSource Source() =>
        new([
            SyntheticPopulation.OfCounty(OdsCode.Parse("XHF01"), 2_500, Today),
            SyntheticPopulation.OfCounty(OdsCode.Parse("XHF02"), 40, Today),
        ]);

    private static async Task<List<PortableResource>> ReadAsync(SyntheticSource source, string? after = null)
    {
        var records = new List<PortableResource>();
        await foreach (var batch in source.ReadAsync(TransferSection.Resources, after, default, Cancellation))
            records.AddRange(batch.Records.Cast<PortableResource>());
        return records;
    }
}
