using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>Results beside the floors that they stand on.</summary>
internal sealed class BenchReport(Report report)
{
    private readonly List<(PhaseResult Result, IReadOnlyDictionary<string, double> Ratios)> _results = [];

    /// <summary>Takes one result; with <c>--json</c> it is told at once.</summary>
    public void Add(PhaseResult result)
    {
        var ratios = RatiosOf(result);
        _results.Add((result, ratios));
        report.Object(result.ToJson(ratios));
    }

    /// <summary>Shows the table.</summary>
    /// <returns>The exit code: could not run when a phase other than the constant floor did nothing well.</returns>
    public int Finish()
    {
        report.Table(
            ["Phase", "Throughput", "p50", "p99", "Max", "Ratio", "Errors"],
            [.. _results.Select(r => r.Result.ToRow(r.Ratios))]
        );
        return _results.Exists(r => r.Result.Done == 0 && r.Result.Phase != BenchRun.ConstantPhase)
            ? ExitCode.CouldNotRun
            : ExitCode.Done;
    }

    private Dictionary<string, double> RatiosOf(PhaseResult result) =>
        result.Unit == "reads"
            ? _results
                .Where(r => r.Result is { Unit: "reads", Rate: > 0 })
                .ToDictionary(r => r.Result.Phase, r => result.Rate / r.Result.Rate)
        : result.Unit == "look-ups" && !IsFloor(result)
            ? _results
                .Where(r => IsFloor(r.Result) && r.Result.Rate > 0)
                .ToDictionary(r => r.Result.Phase, r => result.Rate / r.Result.Rate)
        : [];

    private static bool IsFloor(PhaseResult result) =>
        result.Phase is BenchRun.ConstantPhase or BenchRun.StorePhase or BenchRun.MongoPhase;
}
