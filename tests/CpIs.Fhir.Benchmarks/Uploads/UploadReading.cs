using System.Text.Json;
using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Benchmarks.Store;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Uploads;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Benchmarks.Uploads;

/// <summary>
/// What an upload costs before the store sees it: a Bundle of 300 entries (about 145 records). The floor is one pass of
/// the JSON reader over the same bytes, which nobody can do without.
/// </summary>
[MemoryDiagnoser]
public class UploadReading
{
    private static readonly UploadOptions Options = new();
    private static readonly UploadContext Context = new(FilledStore.Authority, null, FilledStore.Today, 90);

    private ReadOnlyMemory<byte> _bundle;

    [GlobalSetup]
    public void Setup()
    {
        _bundle = FilledStore.Bundles(300).First();
        if (GuardParseAndRules() is { } refusal)
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

    /// <summary>Guard and strict parse.</summary>
    [Benchmark]
    public bool GuardAndParse() => ResourceParser.Parse(_bundle, JsonLimits.Default).Refusal is null;

    /// <summary>Guard, strict parse, profile and upload rules: all that is done without the store.</summary>
    [Benchmark]
    public Refusal? GuardParseAndRules() =>
        ResourceParser.Parse(_bundle, JsonLimits.Default).IsRefused(out var refusal, out var resource)
            ? refusal
            : UploadBundle.Read((Bundle)resource, Context, Options).Refusal;
}
