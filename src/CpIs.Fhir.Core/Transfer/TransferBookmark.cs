namespace CpIs.Fhir.Core.Transfer;

/// <summary>How far one section has come. The target keeps it in the commit that holds what it covers.</summary>
/// <param name="LastKey">The source's key of the last record that is there; null before the first.</param>
/// <param name="Read">Count and checksum of what was read so far.</param>
/// <param name="IsWhole">True when the source had no more.</param>
public sealed record TransferBookmark(string? LastKey, SectionSum Read, bool IsWhole)
{
    /// <summary>Before the first record.</summary>
    public static TransferBookmark Start { get; } = new(null, default, false);
}
