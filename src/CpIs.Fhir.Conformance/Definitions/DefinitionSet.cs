using System.Collections.Concurrent;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>
/// Definitions in layers. Of two with the same canonical the one in the later layer is found, and within a layer the newer one; with
/// <c>|version</c> only one of that version, in whichever layer, where <c>4.0</c> is also any <c>4.0.x</c>, and an earlier version of ours is the present one.
/// </summary>
public sealed class DefinitionSet : IDefinitions
{
    private const int DeepestBase = 32;

    private readonly DefinitionReader _reader = new();
    private readonly ConcurrentDictionary<DefinitionEntry, string> _problems = new();
    private readonly Dictionary<string, Placed[]> _structures = [];
    private readonly Dictionary<string, Placed[]> _valueSets = [];
    private readonly Dictionary<string, Placed[]> _codeSystems = [];

    /// <summary>Makes a set.</summary>
    /// <param name="layers">Later ones win.</param>
    public DefinitionSet(params IReadOnlyList<DefinitionLayer> layers)
    {
        for (var layer = layers.Count - 1; layer >= 0; layer--)
            foreach (var entry in layers[layer].Entries)
                Add(
                    entry.Type switch
                    {
                        "StructureDefinition" => _structures,
                        "ValueSet" => _valueSets,
                        _ => _codeSystems,
                    },
                    new Placed(entry, layer)
                );
    }

    /// <inheritdoc/>
    public IEnumerable<string> StructureUrls => _structures.Keys;

    /// <summary>FHIR R4 and our own profiles.</summary>
    public static DefinitionSet CoreAndOurs() => new(CoreDefinitions.Load(), OwnDefinitions.Load());

    /// <inheritdoc/>
    public StructureModel? FindStructure(string canonical) => Find(_structures, canonical)?.Model(ReadStructure);

    /// <inheritdoc/>
    public ValueSetModel? FindValueSet(string canonical) =>
        Find(_valueSets, canonical)?.Model((_, root) => CodeReader.ReadValueSet(root));

    /// <inheritdoc/>
    public CodeSystemModel? FindCodeSystem(string canonical) =>
        Find(_codeSystems, canonical)?.Model((_, root) => CodeReader.ReadCodeSystem(root));

    /// <inheritdoc/>
    public string? ProblemOf(string canonical) =>
        Find(_structures, canonical) is not { } entry ? null
        : entry.Model(ReadStructure) is not null ? null
        : _problems.GetValueOrDefault(entry, "It cannot be read.");

    private StructureModel? ReadStructure(DefinitionEntry entry, FhirNode root)
    {
        if (root.Child("snapshot") is not null)
            return _reader.ReadStructure(root);
        var made = new SnapshotMaker(url => Find(_structures, url)).Make(entry, out var problem);
        if (made is not null && FhirSource.ReadJson(made).Root is { } whole)
            return _reader.ReadStructure(whole);
        _problems[entry] = MissingBase(root) is { } missing
            ? $"Its base {missing} is not available. Load the package that defines the base."
            : $"It has no snapshot, and none can be made: {problem}.";
        return null;
    }

    /// <summary>The first definition on the way up from one without snapshot that is not here; null when all are.</summary>
    private string? MissingBase(FhirNode definition)
    {
        var at = definition;
        for (var steps = 0; steps < DeepestBase && at?.Child("snapshot") is null; steps++)
        {
            if (at?.Text("baseDefinition") is not { } above)
                return null;
            if (Find(_structures, above) is not { } entry)
                return above;
            at = FhirSource.ReadJson(entry.Json()).Root;
        }

        return null;
    }

    /// <summary>Few canonicals are there twice; those stand by layer, and within one by version, the one to be found first.</summary>
    private static void Add(Dictionary<string, Placed[]> entries, Placed placed)
    {
        if (entries.TryAdd(placed.Entry.Url, [placed]))
            return;
        entries[placed.Entry.Url] =
        [
            .. entries[placed.Entry.Url]
                .Append(placed)
                .OrderByDescending(held => held.Layer)
                .ThenByDescending(held => held.Entry.Version, VersionOrder.Comparer),
        ];
    }

    private static DefinitionEntry? Find(Dictionary<string, Placed[]> entries, string canonical)
    {
        var (url, version) = Canonicals.Split(canonical);
        if (!entries.TryGetValue(url, out var held))
            return null;
        if (version is null)
            return held[0].Entry;
        foreach (var (entry, _) in held)
            if (version == entry.Version)
                return entry;
        foreach (var (entry, _) in held)
            if (VersionOrder.IsWithin(entry.Version, version))
                return entry;
        // What claims an earlier version of ours is judged by the present one (ADR 0044).
        return
            url.StartsWith(FhirSystems.Own + "/", StringComparison.Ordinal)
            && OwnDefinitions.EarlierVersions.Any(earlier => VersionOrder.IsWithin(earlier, version))
            ? held[0].Entry
            : null;
    }

    /// <summary>An entry and the layer that it is from.</summary>
    private readonly record struct Placed(DefinitionEntry Entry, int Layer);
}
