using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.Hosting.Stores;

/// <summary>Section <c>SqliteDbOptions</c>.</summary>
public sealed record SqliteDbOptions
{
    /// <summary>Folder of the database file and its lock. Default <c>./data</c>.</summary>
    [Required]
    public string Directory { get; init; } = "./data";

    /// <summary>Free bytes on the disk below which <c>/health/ready</c> is 503. Default 100,000,000 (100 MB); 0 asks nothing.</summary>
    [Range(0, long.MaxValue)]
    public long MinimumFreeBytes { get; init; } = 100_000_000;

    /// <summary>How long a write may wait to become durable before the answer is 503; default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a search may run before it is interrupted; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan SearchTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
