using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Section <c>SizeLimits</c>.</summary>
public sealed record SizeLimits
{
    /// <summary>Most bytes of a request body; default 5 MiB.</summary>
    [Range(1_024, 64 * 1_024 * 1_024)]
    public int MaxBatchSize { get; init; } = 5 * 1_024 * 1_024;

    /// <summary>Most entries of a transaction; default 300.</summary>
    [Range(1, 1_000)]
    public int MaxBatchEntries { get; init; } = 300;

    /// <summary>
    /// Uploads that are read or worked on at once, over all callers; default 4. With <see cref="MaxBatchSize"/> it bounds
    /// the memory that uploads take.
    /// </summary>
    [Range(1, 64)]
    public int ConcurrentUploads { get; init; } = 4;
}
