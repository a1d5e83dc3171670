using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.MongoDb.LookUps;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>
/// The two reads of a look-up from MongoDB, for a child that is held (hit) and one that is not (97 % of all). The floor is
/// the driver alone, with the same read for a child that is not held.
/// </summary>
[MemoryDiagnoser]
[OnlyWithEngine]
public class MongoChildReads
{
    private TemporaryDatabase? _database;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _database = await TemporaryDatabase.OpenAsync();
        for (var i = 0; i < 10; i++)
            await _database.Store.CommitAsync(Samples.Upload(i * 300, 300), default);
        for (var i = 0; i < 30; i++)
            await _database.Store.RecordAsync(Samples.Access(1, hit: true), default);
    }

    [GlobalCleanup]
    public async Task CloseAsync() => await _database!.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<List<BsonDocument>> DriverAlone() =>
        LookUpReads
            .Child(
                _database!.Collections.Resources,
                RecordProtection.Readable.ChildKey(Samples.Child(15_050)),
                _database.Options.ReadTimeout
            )
            .ToListAsync();

    [Benchmark]
    public Task<IReadOnlyList<StoredResource>> ChildHit() => _database!.Store.ReadChildAsync(Samples.Child(1), default);

    [Benchmark]
    public Task<IReadOnlyList<StoredResource>> ChildMiss() =>
        _database!.Store.ReadChildAsync(Samples.Child(15_050), default);

    [Benchmark]
    public Task<IReadOnlyList<Occurrence>> HistoryHit() =>
        _database!.Store.ReadHistoryAsync(
            Samples.Child(1),
            "nobody",
            DateTimeOffset.UtcNow,
            25,
            DateTimeOffset.MaxValue,
            default
        );

    [Benchmark]
    public Task<IReadOnlyList<Occurrence>> HistoryMiss() =>
        _database!.Store.ReadHistoryAsync(
            Samples.Child(15_050),
            "nobody",
            DateTimeOffset.UtcNow,
            25,
            DateTimeOffset.MaxValue,
            default
        );
}
