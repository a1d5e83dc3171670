using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.Hosting.Stores;

/// <summary>Section <c>SqliteDbOptions</c>.</summary>
public sealed record SqliteDbOptions
{
    /// <summary>Folder of the database file and its lock. Default <c>./data</c>.</summary>
    [Required]
    public string Directory { get; init; } = "./data";
}
