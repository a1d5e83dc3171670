using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.Hosting.Stores;

/// <summary>Section <c>Store</c>.</summary>
public sealed record StoreSection
{
    /// <summary>
    /// A file, best on another disk than the store, in which the server notes which event numbers it has given: at its start, each minute and when
    /// it stops. A restored copy that knows of less is not opened before <c>cpis store restored</c>. Of the embedded store alone; by default none.
    /// </summary>
    [MinLength(1, ErrorMessage = "This must name a file.")]
    public string? RestoreMark { get; init; }
}
