namespace CpIs.Fhir.Conformance.Packages;

/// <summary>How large a package may be. Packages come from anywhere; what is larger is refused before it fills memory.</summary>
public sealed record PackageLimits
{
    /// <summary>Most bytes of all entries together, unpacked.</summary>
    public long MaximumBytes { get; init; } = 1L * 1_024 * 1_024 * 1_024;

    /// <summary>Most bytes of one entry.</summary>
    public int MaximumEntryBytes { get; init; } = 64 * 1_024 * 1_024;

    /// <summary>Most entries.</summary>
    public int MaximumEntries { get; init; } = 50_000;

    /// <summary>Most bytes that one byte may unpack to, on the whole. JSON packs to a tenth, and seldom to a fiftieth.</summary>
    public int MaximumRatio { get; init; } = 200;
}
