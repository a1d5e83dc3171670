using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>How much one upload may hold (limits of fhir.config.json, section <c>SizeLimits</c>).</summary>
public sealed record UploadOptions
{
    /// <summary>Default of <see cref="MaximumEntries"/>.</summary>
    public const int DefaultMaximumEntries = 300;

    /// <summary>Default of <see cref="MaximumBytes"/>: 5 MiB.</summary>
    public const int DefaultMaximumBytes = 5 * 1_024 * 1_024;

    /// <summary>Default of <see cref="MaximumDaysAhead"/>.</summary>
    public const int DefaultMaximumDaysAhead = 90;

    /// <summary>Most entries of a transaction.</summary>
    [Range(1, 1_000)]
    public int MaximumEntries { get; init; } = DefaultMaximumEntries;

    /// <summary>Most bytes of a body.</summary>
    [Range(1_024, 64 * 1_024 * 1_024)]
    public int MaximumBytes { get; init; } = DefaultMaximumBytes;

    /// <summary>The same as limits of the text.</summary>
    public JsonLimits Limits => new() { MaximumBytes = MaximumBytes, MaximumEntries = MaximumEntries };

    /// <summary>
    /// True where answers have a phone to name instead of what a protected plan says (option <c>Protected:Phone</c>); without one a
    /// mark is refused.
    /// </summary>
    public bool TakesProtectedMarks { get; init; }

    /// <summary>
    /// How many days in the future an active plan may start. A plan is hidden until it starts, so that a mistyped year
    /// would hide a child unnoticed; a decision taken today for next month is taken.
    /// </summary>
    [Range(0, 3_650)]
    public int MaximumDaysAhead { get; init; } = DefaultMaximumDaysAhead;
}
