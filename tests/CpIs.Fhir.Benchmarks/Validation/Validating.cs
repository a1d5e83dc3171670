using System.Text.Json;
using BenchmarkDotNet.Attributes;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Conformance.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Benchmarks.Validation;

/// <summary>
/// What a verdict costs after warm-up. The floor is the SDK's strict parser over the same bytes, which checks types, cardinality and formats, and
/// knows no profile, no binding, no invariant. Aims: a Flag against CPIS-Flag in 60 microseconds and 30 KB, a record in 250.
/// </summary>
[MemoryDiagnoser]
public class Validating
{
    private const string Base = "https://fhir.cpis.example/StructureDefinition/";

    private readonly Validator _validator = MakeValidator();
    private byte[] _json = [];
    private FhirSource _source = null!;
    private string[] _profile = [];

    /// <summary>One Flag; one record (Patient, EpisodeOfCare and Flag in an upload Bundle); 100 of them in one Bundle.</summary>
    [Params("Flag", "Record", "Upload")]
    public string What { get; set; } = "Flag";

    [GlobalSetup]
    public void Setup()
    {
        (_json, _profile) = What switch
        {
            "Flag" => (Repository.Example("Flag-cpp-0001"), [Base + "CPIS-Flag"]),
            "Record" => (Records.Bundle(1), [Base + "CPIS-Upload"]),
            _ => (Records.Bundle(100), new[] { Base + "CPIS-Upload" }),
        };
        _source = FhirSource.ReadJson(_json);
        if (Read().Issues.FirstOrDefault(issue => issue.Severity >= ValidationSeverity.Error) is { } error)
            throw new InvalidOperationException($"{error.Rule} {error.Expression}: {error.Message}");
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public Resource? StrictParse()
    {
        var reader = new Utf8JsonReader(_json);
        FhirJsonDeserializer.STRICT.TryDeserializeResource(ref reader, out var resource, out _);
        return resource;
    }

    /// <summary>The tree of the source.</summary>
    [Benchmark]
    public FhirSource ReadTree() => FhirSource.ReadJson(_json);

    /// <summary>From bytes to verdict, with the profile.</summary>
    [Benchmark]
    public ValidationResult Read() => _validator.Validate(FhirSource.ReadJson(_json), _profile);

    /// <summary>The walk alone, over a tree that was read before.</summary>
    [Benchmark]
    public ValidationResult Walk() => _validator.Validate(_source, _profile);

    private static Validator MakeValidator()
    {
        var definitions = DefinitionSet.CoreAndOurs();
        return new Validator(definitions, new LocalTerminology(definitions));
    }
}
