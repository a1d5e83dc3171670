namespace CpIs.Fhir.Server.Pages;

/// <summary>A row of a <see cref="PageTable"/>.</summary>
/// <param name="Name">The cell that names the row.</param>
/// <param name="Cells">The cells after it, one for each further column.</param>
internal sealed record PageRow(Html Name, params IReadOnlyList<Html> Cells)
{
    /// <summary>What links lead to, after <c>#</c>; null for none.</summary>
    public string? Id { get; init; }
}
