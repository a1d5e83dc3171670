using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.Http;

/// <summary>Section <c>BundleOptions</c>.</summary>
public sealed record BundleOptions
{
    /// <summary>Results on a page where <c>_count</c> does not say; default 50.</summary>
    [Range(1, 1_000)]
    public int DefaultCount { get; init; } = 50;
}
