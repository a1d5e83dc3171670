namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>What the two reads of one look-up went through.</summary>
/// <param name="Documents">Rows or documents that were looked at, returned or not.</param>
/// <param name="Steps">On MongoDB keys of indexes, on SQLite steps of its virtual machine: what grows when an index does not serve.</param>
internal sealed record Examined(double Documents, double Steps)
{
    /// <summary>The mean of several look-ups.</summary>
    public static Examined Mean(IReadOnlyCollection<Examined> all) =>
        new(Math.Round(all.Average(e => e.Documents), 1), Math.Round(all.Average(e => e.Steps), 1));
}
