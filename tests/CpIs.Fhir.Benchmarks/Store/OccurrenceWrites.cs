using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>What a look-up writes, alone and with 63 others waiting, against the floor of the same batch.</summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the clean-up.")]
public class OccurrenceWrites
{
    private TemporaryStore? _store;
    private BareFile? _bare;
    private int _next;

    /// <summary>How many look-ups wait at the same time.</summary>
    [Params(1, 64)]
    public int Waiting { get; set; }

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _store = await TemporaryStore.OpenAsync();
        _bare = new BareFile(_store.Directory);
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        _bare!.Dispose();
        await _store!.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public void BareInsertsAndOneCommit() => _bare!.Write(Waiting);

    [Benchmark]
    public Task GroupCommit()
    {
        var writes = new Task[Waiting];
        for (var i = 0; i < Waiting; i++)
            writes[i] = _store!.Store.RecordAsync(Samples.Access(_next++), default);
        return Task.WhenAll(writes);
    }
}
