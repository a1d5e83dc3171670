using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.MongoDb.Occurrences;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>
/// What a look-up writes to MongoDB, alone and with 63 others waiting. The floor is the driver alone: an insert for each of
/// the same documents, all at once, with the same concerns.
/// </summary>
[MemoryDiagnoser]
[OnlyWithEngine]
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the clean-up.")]
public class MongoOccurrenceWrites
{
    private TemporaryDatabase? _database;
    private int _next;

    /// <summary>How many look-ups wait at the same time.</summary>
    [Params(1, 64)]
    public int Waiting { get; set; }

    [GlobalSetup]
    public async Task OpenAsync() => _database = await TemporaryDatabase.OpenAsync();

    [GlobalCleanup]
    public async Task CloseAsync() => await _database!.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task DriverAlone() =>
        AllAsync(access =>
            _database!.Collections.Occurrences.InsertOneAsync(
                OccurrenceDocument.Write(access, RecordProtection.Readable)
            )
        );

    [Benchmark]
    public Task Record() => AllAsync(access => _database!.Store.RecordAsync(access, default));

    private Task AllAsync(Func<Core.Occurrences.Occurrence, Task> write)
    {
        var writes = new Task[Waiting];
        for (var i = 0; i < Waiting; i++)
            writes[i] = write(Samples.Access(_next++));
        return Task.WhenAll(writes);
    }
}
