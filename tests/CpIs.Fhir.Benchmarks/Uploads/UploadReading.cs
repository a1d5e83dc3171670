using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Conformance.Synthetic;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Benchmarks.Uploads;

/// <summary>What an upload costs before the store sees it: a Bundle of 300 entries (about 145 records).</summary>
[MemoryDiagnoser]
public class UploadReading
{
    private ReadOnlyMemory<byte> _bundle;

    [GlobalSetup]
    public void Setup() =>
        _bundle = SyntheticUpload
            .Bundles(SyntheticPopulation.OfCounty(OdsCode.Parse("XHF01"), 300, new DateOnly(2026, 11, 23)), 300)
            .First();

    /// <summary>One pass over the bytes.</summary>
    [Benchmark]
    public Refusal? Guard() => JsonGuard.Check(_bundle, JsonLimits.Default);

    /// <summary>Guard and strict parse.</summary>
    [Benchmark]
    public bool Parse() => ResourceParser.Parse(_bundle, JsonLimits.Default).Refusal is null;
}
