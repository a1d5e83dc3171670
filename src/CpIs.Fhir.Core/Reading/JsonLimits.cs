namespace CpIs.Fhir.Core.Reading;

/// <summary>How large and how deep a JSON body may be before anything is built of it.</summary>
public sealed record JsonLimits
{
    /// <summary>Bytes of a body, unless said otherwise.</summary>
    public const int DefaultMaximumBytes = 5 * 1_024 * 1_024;

    /// <summary>Most bytes.</summary>
    public int MaximumBytes { get; init; } = DefaultMaximumBytes;

    /// <summary>Most objects and arrays inside each other. No resource of CP-IS needs more than 12.</summary>
    public int MaximumDepth { get; init; } = 32;

    /// <summary>Most UTF-8 bytes of one string, as written.</summary>
    public int MaximumStringBytes { get; init; } = 64 * 1_024;

    /// <summary>Most properties of one object; no R4 type has as many elements.</summary>
    public int MaximumProperties { get; init; } = 128;

    /// <summary>Most contained resources of one resource.</summary>
    public int MaximumContained { get; init; } = 10;

    /// <summary>Most entries of a Bundle; unlimited unless said otherwise. More are refused as too large, before anything is built of them.</summary>
    public int MaximumEntries { get; init; } = int.MaxValue;

    /// <summary>Most problems listed; the rest of the body is not looked at.</summary>
    public int MaximumIssues { get; init; } = 50;

    /// <summary>
    /// Whether values are looked at too (blank, untrimmed, seconds). The validator looks at them itself, since it knows their types.
    /// </summary>
    public bool ChecksValues { get; init; } = true;

    /// <summary>The limits that hold where nothing else is configured.</summary>
    public static JsonLimits Default { get; } = new();
}
