using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using CpIs.Fhir.Benchmarks.Store;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Benchmarks.Protection;

/// <summary>
/// What a value costs on its way into a store and out of it, sealed. The floor is the same way through the readable
/// protection: the document is written or read, and nothing is sealed. A child that comes again (its data key is in
/// memory) is told apart from one that comes for the first time, as in nearly every look-up.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class SealedValues : IDisposable
{
    private const string Place = "occurrence/019eb0f9-8b64-71ac-861d-88763f79fe4a";

    // More than the memory for data keys holds, so that each comes for the first time.
    private const int Children = 20_000;

    private readonly SealedRecords _sealed = new(ProtectionKeys.Make("2026-11"));
    private readonly SealedRecords _forgetful = new(ProtectionKeys.Make("2026-11"));
    private readonly Occurrence _access = Samples.Access(0, hit: true);
    private StoredResource _patient = null!;
    private ReadOnlyMemory<byte>[] _accesses = [];
    private ReadOnlyMemory<byte> _readableAccess;
    private ReadOnlyMemory<byte> _sealedAccess;
    private Parts _readableRecord;
    private Parts _sealedRecord;
    private int _next;

    private readonly record struct Parts(
        ReadOnlyMemory<byte> Side,
        ReadOnlyMemory<byte> Body,
        IReadOnlyList<string> Tokens
    );

    [GlobalSetup]
    public async Task SetupAsync()
    {
        await using var store = await FilledStore.OpenAsync(300);
        var patients = new RecordQuery(RecordType.Patient, FilledStore.Authority, []) { Count = 1_000 };
        // The same one in every process.
        _patient = (await store.Store.SearchAsync(patients, default)).Items.MinBy(p => p.Child!.Value.Digits)!;
        _readableAccess = Write(RecordProtection.Readable, _access.Child);
        _sealedAccess = Write(_sealed, _access.Child);
        _accesses = [.. Enumerable.Range(0, Children).Select(n => Write(_forgetful, Samples.Child(n)))];
        _readableRecord = WriteRecord(RecordProtection.Readable);
        _sealedRecord = WriteRecord(_sealed);
        Console.WriteLine($"// occurrence: {_readableAccess.Length} bytes, sealed {_sealedAccess.Length}");
        Console.WriteLine($"// Patient: {_readableRecord.Tokens.Count} tokens, sealed {_sealedRecord.Tokens.Count}");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _sealed.Dispose();
        _forgetful.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true), BenchmarkCategory("write occurrence")]
    public ReadOnlyMemory<byte> WriteReadable() => Write(RecordProtection.Readable, _access.Child);

    [Benchmark, BenchmarkCategory("write occurrence")]
    public ReadOnlyMemory<byte> WriteSealed() => Write(_sealed, _access.Child);

    [Benchmark, BenchmarkCategory("write occurrence")]
    public ReadOnlyMemory<byte> WriteSealedFirstTime() => Write(_forgetful, Samples.Child(_next++ % Children));

    [Benchmark(Baseline = true), BenchmarkCategory("read occurrence")]
    public Occurrence ReadReadable() => Read(RecordProtection.Readable, _readableAccess);

    [Benchmark, BenchmarkCategory("read occurrence")]
    public Occurrence ReadSealed() => Read(_sealed, _sealedAccess);

    [Benchmark, BenchmarkCategory("read occurrence")]
    public Occurrence ReadSealedFirstTime() => Read(_forgetful, _accesses[_next++ % Children]);

    [Benchmark(Baseline = true), BenchmarkCategory("write record")]
    public int WriteReadableRecord() => WriteRecord(RecordProtection.Readable).Tokens.Count;

    [Benchmark, BenchmarkCategory("write record")]
    public int WriteSealedRecord() => WriteRecord(_sealed).Tokens.Count;

    [Benchmark(Baseline = true), BenchmarkCategory("read record")]
    public StoredResource ReadReadableRecord() => ReadRecord(RecordProtection.Readable, _readableRecord);

    [Benchmark, BenchmarkCategory("read record")]
    public StoredResource ReadSealedRecord() => ReadRecord(_sealed, _sealedRecord);

    private ReadOnlyMemory<byte> Write(RecordProtection protection, NhsNumber? child) =>
        protection.Seal(OccurrenceJson.Write(_access), child, Place);

    private static Occurrence Read(RecordProtection protection, ReadOnlyMemory<byte> stored) =>
        OccurrenceJson.Read(protection.Open(stored, Place).Span);

    private Parts WriteRecord(RecordProtection protection) =>
        new(
            protection.Seal(SideValuesJson.Write(_patient, withKeys: !protection.IsReadable), _patient.Child, "side"),
            protection.Seal(_patient.Body, _patient.Child, "body"),
            protection.Tokens(_patient.Tokens)
        );

    private StoredResource ReadRecord(RecordProtection protection, Parts stored) =>
        SideValuesJson.AddTo(
            _patient with
            {
                Body = protection.Open(stored.Body, "body"),
            },
            protection.Open(stored.Side, "side").Span
        );
}
