namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>One resource of a record.</summary>
/// <param name="Resource">The resource in JSON: one object, whatever it says. The profile judges it.</param>
/// <param name="FullUrl">What other entries of the record refer to it by; null for <see cref="DailyRecord.UrlOf"/>.</param>
public sealed record DailyEntry(ReadOnlyMemory<byte> Resource, string? FullUrl = null)
{
    /// <summary>In CSV the row that it was made of; else null.</summary>
    public int? Row { get; init; }
}
