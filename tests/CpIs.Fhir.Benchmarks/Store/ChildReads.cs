using BenchmarkDotNet.Attributes;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>
/// The two reads of a look-up, for a child that is held (hit) and one that is not (97 % of all). The floor is a read of one
/// resource by primary key.
/// </summary>
[MemoryDiagnoser]
public class ChildReads
{
    private TemporaryStore? _store;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _store = await TemporaryStore.OpenAsync();
        for (var i = 0; i < 10; i++)
            await _store.Store.CommitAsync(Samples.Upload(i * 300, 300), default);
        for (var i = 0; i < 30; i++)
            await _store.Store.RecordAsync(Samples.Access(1, hit: true), default);
    }

    [GlobalCleanup]
    public async Task CloseAsync() => await _store!.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<Core.Records.StoredResource?> PrimaryKeyRead() =>
        _store!.Store.ReadAsync(Core.Records.RecordType.EpisodeOfCare, Samples.Id(1), null, default);

    [Benchmark]
    public Task<IReadOnlyList<Core.Records.StoredResource>> ChildHit() =>
        _store!.Store.ReadChildAsync(Samples.Child(1), default);

    [Benchmark]
    public Task<IReadOnlyList<Core.Records.StoredResource>> ChildMiss() =>
        _store!.Store.ReadChildAsync(Samples.Child(15_050), default);

    [Benchmark]
    public Task<IReadOnlyList<Core.Occurrences.Occurrence>> HistoryHit() =>
        _store!.Store.ReadHistoryAsync(
            Samples.Child(1),
            "nobody",
            DateTimeOffset.UtcNow,
            25,
            DateTimeOffset.MaxValue,
            default
        );

    [Benchmark]
    public Task<IReadOnlyList<Core.Occurrences.Occurrence>> HistoryMiss() =>
        _store!.Store.ReadHistoryAsync(
            Samples.Child(15_050),
            "nobody",
            DateTimeOffset.UtcNow,
            25,
            DateTimeOffset.MaxValue,
            default
        );
}
