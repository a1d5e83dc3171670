using System.Globalization;
using System.Runtime.CompilerServices;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Synthetic;

/// <summary>
/// The store that populations would make if they were uploaded, as a source to fill another from. The same populations give
/// the same records to the byte, so that a filling that was ended goes on, and what was filled can be verified.
/// </summary>
/// <param name="populations">Each of another authority.</param>
public sealed class SyntheticSource(IReadOnlyList<SyntheticPopulation> populations) : ITransferSource
{
    /// <inheritdoc />
    public string Description => $"synthetic:{string.Join(' ', populations.Select(Name))}";

    /// <inheritdoc />
    public string Identity => Description;

    /// <inheritdoc />
    public Task<long> CountAsync(TransferSection section, DateTimeOffset unexpiredAt, CancellationToken cancellation) =>
        Task.FromResult(
            section switch
            {
                TransferSection.Resources => populations.Sum(CountResources),
                TransferSection.Registrations => 1,
                _ => 0,
            }
        );

    /// <inheritdoc />
    public async IAsyncEnumerable<TransferBatch> ReadAsync(
        TransferSection section,
        string? after,
        DateTimeOffset unexpiredAt,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.Yield();
        if (section == TransferSection.Registrations && after is null)
            yield return new TransferBatch(section, [new PortableStamp(0)], "0");
        if (section != TransferSection.Resources)
            yield break;
        var (first, done) = after?.Split(' ') is [var population, var child]
            ? (Number(population), Number(child))
            : (0, 0);
        for (var i = first; i < populations.Count; i++, done = 0)
            foreach (var batch in Resources(populations[i], i, done))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return batch;
            }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<TransferBatch> Resources(SyntheticPopulation population, int index, int done)
    {
        using var upload = new FirstUpload(population.Authority, organizationId: null);
        var ids = new SyntheticIds(population);
        var batch = new TransferBatchBuilder(TransferSection.Resources);
        foreach (var child in population.Children().Skip(done))
        {
            done++;
            foreach (var resource in upload.ResourcesOf(Known(child), ids.Begin(done), ids.Next))
                batch.Add(new PortableResource(resource, []));
            if (batch.IsFull)
                yield return batch.Take(Key(index, done));
        }

        if (!batch.IsEmpty)
            yield return batch.Take(Key(index, done));
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

    private static long CountResources(SyntheticPopulation population) =>
        population.Children().Sum(child => 1L + 2 * child.Plans.Count);

    private static string Name(SyntheticPopulation population) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{population.Authority}/{population.Count}/{population.Seed}/{population.Today:yyyy-MM-dd}"
        );

    private static string Key(int population, int child) =>
        string.Create(CultureInfo.InvariantCulture, $"{population} {child}");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
