using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Specification.Snapshot;
using Hl7.Fhir.Specification.Source;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// Makes the snapshot of a StructureDefinition that was published with a differential only, by the SDK's generator. Used once: the
/// generator keeps state, and writes into the definitions that it is given.
/// </summary>
/// <param name="find">Definitions by canonical.</param>
internal sealed class SnapshotMaker(Func<string, DefinitionEntry?> find) : IAsyncResourceResolver
{
    private static readonly FhirJsonDeserializer Lenient = FhirJsonDeserializer.OSTRICH;

    private readonly Dictionary<string, StructureDefinition?> _read = [];

    /// <summary>The definition with snapshot, in JSON; null with a problem in words when there is none to be made.</summary>
    public byte[]? Make(DefinitionEntry entry, out string? problem)
    {
        try
        {
            if (Find(entry) is not { } definition)
            {
                problem = "it is not a readable StructureDefinition";
                return null;
            }

            var generator = new SnapshotGenerator(this, SnapshotGeneratorSettings.CreateDefault());
            // Nothing is awaited in truth: all definitions are in memory.
            generator.UpdateAsync(definition).GetAwaiter().GetResult();
            problem = Problem(generator.Outcome) ?? (definition.HasSnapshot ? null : "it gave no snapshot");
            return problem is null ? FhirJsonSerializer.Default.SerializeToBytes(definition) : null;
        }
        catch (Exception failed)
            when (failed
                    is NotSupportedException
                        or InvalidOperationException
                        or ArgumentException
                        or NullReferenceException
                        or FormatException
                        or JsonException
                        or DeserializationFailedException
            )
        {
            problem = failed.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public System.Threading.Tasks.Task<Resource?> ResolveByCanonicalUriAsync(string uri) =>
        System.Threading.Tasks.Task.FromResult<Resource?>(find(uri) is { } entry ? Find(entry) : null);

    /// <inheritdoc/>
    public System.Threading.Tasks.Task<Resource?> ResolveByUriAsync(string uri) => ResolveByCanonicalUriAsync(uri);

    private StructureDefinition? Find(DefinitionEntry entry)
    {
        var key = $"{entry.Url}|{entry.Version}";
        if (_read.TryGetValue(key, out var known))
            return known;
        var reader = new Utf8JsonReader(entry.Json().Span);
        Lenient.TryDeserializeResource(ref reader, out var resource, out _);
        var definition = resource as StructureDefinition;
        // FHIR's own are kept without differential, and the generator takes no profile of a type that has none.
        if (definition is { HasSnapshot: true, Differential: null })
            definition.Differential = new() { Element = [new ElementDefinition(definition.Type)] };
        return _read[key] = definition;
    }

    private static string? Problem(OperationOutcome? outcome) =>
        outcome?.Issue.Find(issue =>
            issue.Severity is OperationOutcome.IssueSeverity.Error or OperationOutcome.IssueSeverity.Fatal
        )
            is { } error
            ? error.Details?.Text ?? error.Diagnostics ?? "it has errors"
            : null;
}
