namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>Definitions that come together: FHIR's own, ours, or those of packages. Reading one waits until it is asked for.</summary>
public sealed class DefinitionLayer
{
    internal DefinitionLayer(IReadOnlyList<DefinitionEntry> entries) => Entries = entries;

    internal IReadOnlyList<DefinitionEntry> Entries { get; }

    /// <summary>A layer of resources in JSON; what is not a StructureDefinition, ValueSet or CodeSystem with a URL is left out.</summary>
    public static DefinitionLayer Of(IEnumerable<ReadOnlyMemory<byte>> resources) =>
        new([.. resources.Select(json => Entry(json.Span, () => json)).OfType<DefinitionEntry>()]);

    /// <summary>An entry for a resource; null for what is not a definition.</summary>
    internal static DefinitionEntry? Entry(ReadOnlySpan<byte> json, Func<ReadOnlyMemory<byte>> again) =>
        DefinitionHead.Read(json) is { IsDefinition: true, Url: { } url } head
            ? new DefinitionEntry(head.ResourceType!, url, head.Version, again)
            : null;
}
