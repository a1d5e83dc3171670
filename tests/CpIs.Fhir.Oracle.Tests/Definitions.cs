using System.Text.Json;
using CpIs.Fhir.Conformance.Definitions;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Specification.Source;

namespace CpIs.Fhir.Oracle.Tests;

/// <summary>The definitions that our validator has, for the other one: FHIR R4's and ours, each read when it is first asked for.</summary>
internal sealed class Definitions : IAsyncResourceResolver
{
    private static readonly FhirJsonDeserializer Lenient = FhirJsonDeserializer.OSTRICH;

    private readonly Dictionary<string, DefinitionEntry> _entries = [];
    private readonly Dictionary<string, Resource?> _read = [];

    public Definitions()
    {
        foreach (var layer in (DefinitionLayer[])[CoreDefinitions.Load(), OwnDefinitions.Load()])
        foreach (var entry in layer.Entries)
            _entries[entry.Url] = entry;
    }

    public Task<Resource?> ResolveByCanonicalUriAsync(string uri)
    {
        var url = Canonicals.WithoutVersion(uri);
        if (!_read.TryGetValue(url, out var resource))
            _read[url] = resource = _entries.TryGetValue(url, out var entry) ? Read(entry.Json().Span) : null;
        return System.Threading.Tasks.Task.FromResult(resource);
    }

    public Task<Resource?> ResolveByUriAsync(string uri) => ResolveByCanonicalUriAsync(uri);

    private static Resource? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        Lenient.TryDeserializeResource(ref reader, out var resource, out _);
        return resource;
    }
}
