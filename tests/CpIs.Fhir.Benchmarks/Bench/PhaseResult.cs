using System.Globalization;
using System.Text.Json.Nodes;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>What one phase measured.</summary>
/// <param name="Phase">Its name.</param>
/// <param name="Unit">What is counted per second: requests, records, notices.</param>
internal sealed record PhaseResult(string Phase, string Unit)
{
    /// <summary>How long it ran.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>How many units were done well.</summary>
    public required long Done { get; init; }

    /// <summary>Their latencies.</summary>
    public required LatencyHistogram Latency { get; init; }

    /// <summary>What went wrong: how often each HTTP status came, or each reason why none did.</summary>
    public IReadOnlyDictionary<string, long> Errors { get; init; } = new Dictionary<string, long>();

    /// <summary>Units per second.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>One object for <c>--json</c>.</summary>
    /// <param name="ratios">This rate as a share of each floor's.</param>
    public JsonObject ToJson(IReadOnlyDictionary<string, double> ratios) =>
        new()
        {
            ["phase"] = Phase,
            ["unit"] = Unit,
            ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
            ["done"] = Done,
            ["perSecond"] = Math.Round(Rate, 1),
            ["p50Ms"] = Milliseconds(0.5),
            ["p99Ms"] = Milliseconds(0.99),
            ["maxMs"] = Math.Round(Latency.Max / 1000.0, 3),
            ["errors"] = new JsonObject(Errors.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value))),
            ["ratios"] = new JsonObject(
                ratios.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)Math.Round(r.Value, 3)))
            ),
        };

    /// <summary>One row for people.</summary>
    public IReadOnlyList<string> ToRow(IReadOnlyDictionary<string, double> ratios) =>
        [
            Phase,
            Rate.ToString("#,0", CultureInfo.InvariantCulture) + " " + Unit + "/s",
            Text(Latency.Percentile(0.5)),
            Text(Latency.Percentile(0.99)),
            Text(Latency.Max),
            string.Join(
                ", ",
                ratios.Select(r => r.Value.ToString("P0", CultureInfo.InvariantCulture) + " of " + r.Key)
            ),
            Errors.Count == 0 ? "none" : string.Join(", ", Errors.Select(e => $"{e.Key} x{e.Value}")),
        ];

    private double Milliseconds(double share) => Math.Round(Latency.Percentile(share) / 1000.0, 3);

    private static string Text(long micros) => (micros / 1000.0).ToString("0.00", CultureInfo.InvariantCulture) + " ms";
}
