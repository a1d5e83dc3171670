namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>For a worker that holds nothing of its own.</summary>
internal sealed class NothingHeld : IDisposable
{
    public static readonly NothingHeld Instance = new();

    public void Dispose() { }
}
