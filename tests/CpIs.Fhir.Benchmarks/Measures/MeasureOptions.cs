using CpIs.Fhir.Benchmarks.Bench;

namespace CpIs.Fhir.Benchmarks.Measures;

/// <summary>What the measurements of running servers have in common.</summary>
/// <param name="Server">Folder of the published server.</param>
/// <param name="Output">Folder for results, and for the embedded store while it is measured.</param>
/// <param name="Stores">Names of stores: sqlite, mongodb.</param>
/// <param name="Duration">Counted time of each phase.</param>
/// <param name="Connections">Look-ups at a time.</param>
/// <param name="HitRatio">Share of look-ups that show a plan.</param>
internal sealed record MeasureOptions(
    string Server,
    string Output,
    IReadOnlyList<string> Stores,
    TimeSpan Duration,
    int Connections,
    double HitRatio
)
{
    /// <summary>Uncounted time before each phase: a new server compiles as it goes.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Math.Clamp(Duration.TotalSeconds / 2, 1, 10));

    /// <summary>For a phase of look-ups.</summary>
    public BenchOptions Phase =>
        new()
        {
            Connections = Connections,
            Duration = Duration,
            WarmUp = WarmUp,
            HitRatio = HitRatio,
            UploadConcurrency = 4,
            UploadChildren = 10_000,
            FloorDirectory = Output,
        };

    /// <summary>The stores, empty.</summary>
    public IEnumerable<IMeasuredStore> Make() =>
        Stores.Select(
            IMeasuredStore (name) =>
                name == "sqlite" ? new MeasuredSqlite(Output) : new MeasuredMongo(Engine.ConnectionString!)
        );
}
