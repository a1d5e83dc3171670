using System.ComponentModel.DataAnnotations;

namespace CpIs.Fhir.Server.Hosting.Stores;

/// <summary>Section <c>Protection</c>.</summary>
public sealed record ProtectionOptions
{
    /// <summary>
    /// File of the keys under which the store is sealed (`cpis protection new-key-file` makes one). Left away: the store is
    /// readable to whoever reads its files. A store opens only with what it was made with.
    /// </summary>
    [MinLength(1, ErrorMessage = "Name the key file, or leave the setting out for a readable store.")]
    public string? KeyFile { get; init; }
}
