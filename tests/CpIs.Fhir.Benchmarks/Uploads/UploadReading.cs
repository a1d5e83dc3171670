using System.Text.Json;
using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Benchmarks.Store;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Conformance.Writes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Benchmarks.Uploads;

/// <summary>
/// What an upload costs before the store sees it: a Bundle of 300 entries (about 145 records). The floor is one pass of
/// the JSON reader over the same bytes, which nobody can do without.
/// </summary>
[MemoryDiagnoser]
public class UploadReading
{
    private static readonly UploadContext Context = new(FilledStore.Authority, null, FilledStore.Today, 90);
    private static readonly WriteCheck Check = new(ConformanceSet.CoreAndOurs(), []);

    private ReadOnlyMemory<byte> _bundle;

    [GlobalSetup]
    public void Setup()
    {
        _bundle = FilledStore.Bundles(300).First();
        if (ReadAndJudge() is { } refusal)
            throw new InvalidOperationException(refusal.Issues[0].Diagnostics);
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public long ReaderPass()
    {
        var reader = new Utf8JsonReader(_bundle.Span);
        while (reader.Read()) { }
        return reader.BytesConsumed;
    }

    /// <summary>One pass over the bytes that finds what JSON and FHIR forbid.</summary>
    [Benchmark]
    public Refusal? Guard() => JsonGuard.Check(_bundle, JsonLimits.Default);

    /// <summary>Guard and tree.</summary>
    [Benchmark]
    public bool Read() => Check.Read(_bundle, JsonLimits.Default).Refusal is null;

    /// <summary>Guard, tree, profile and the rules of an upload: all that is done without the store.</summary>
    [Benchmark]
    public Refusal? ReadAndJudge() =>
        Check.Read(_bundle, JsonLimits.Default).IsRefused(out var refusal, out var body)
            ? refusal
            : UploadContent.Read(body, Context).ToRefusal(null);
}
