namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>What a <see cref="FixedPath"/> came to in one evaluation.</summary>
internal sealed class PathMemo
{
    private HashSet<string>? _keys;

    public PathItems Items { get; } = new();

    /// <summary>The keys of the items, gathered when first asked for.</summary>
    public HashSet<string> Keys => _keys ??= PathEquality.Keys(Items);
}
