using System.Globalization;
using CpIs.Fhir.Benchmarks.Measures;

namespace CpIs.Fhir.Benchmarks.BothStores;

/// <summary>The two stores side by side, and whether the goals hold.</summary>
internal static class BothStoresTable
{
    /// <summary>Of the driver alone, for look-ups of a server on MongoDB.</summary>
    private const double LeastShareOfDriver = 0.7;

    /// <summary>Uploaded records per second on MongoDB.</summary>
    private const double LeastUploaded = 400;

    /// <summary>Prints the table and the goals.</summary>
    /// <returns>1 when anything went wrong or a goal was missed, else 0.</returns>
    public static int Print(IReadOnlyList<StoreRound> rounds)
    {
        var stores = rounds.GroupBy(round => round.Store).Select(store => store.ToList()).ToList();
        Results.Print(
            [
                stores[0].Count == 1 ? "One round" : $"Median of {stores[0].Count} rounds",
                .. stores.Select(store => store[0].Store),
            ],
            [
                Row("floor: constant bytes over HTTP", r => Rate(r, "constant", "answers")),
                Row("floor: the store without a server", r => Rate(r, r[0].FloorPhase, "operations")),
                Row("look-ups", r => Rate(r, "lookup", "look-ups")),
                Row(
                    "their share of the store's floor",
                    r => ShareOfFloor(r).ToString("P0", CultureInfo.InvariantCulture)
                ),
                Row("p50, p99", r => Latencies(r, "lookup")),
                Row("uploaded records", r => Rate(r, "upload", "records")),
                Row("look-ups during an upload", r => Rate(r, "lookup during upload", "look-ups")),
                Row("p50, p99 then", r => Latencies(r, "lookup during upload")),
                Row("records uploaded during look-ups", r => Rate(r, "upload during lookup", "records")),
                Row(
                    "resident memory of the server",
                    r =>
                        Median(r.Select(round => round.ServerBytes / 1e6)).ToString("0", CultureInfo.InvariantCulture)
                        + " MB"
                ),
            ]
        );
        var errors = rounds.SelectMany(round => round.Errors.Select(error => $"{round.Store}, {error}")).ToList();
        foreach (var error in errors)
            Console.WriteLine($"went wrong: {error}");
        var missed = stores.Where(store => store[0].FloorPhase == Bench.BenchRun.MongoPhase).Any(Misses);
        return errors.Count > 0 || missed ? 1 : 0;

        IReadOnlyList<string> Row(string name, Func<List<StoreRound>, string> cell) => [name, .. stores.Select(cell)];
    }

    private static bool Misses(List<StoreRound> rounds)
    {
        var (share, uploaded) = (ShareOfFloor(rounds), Median(rounds.Select(r => r.Rate("upload"))));
        Console.WriteLine();
        Console.WriteLine(
            FormattableString.Invariant(
                $"Goal: look-ups at least {LeastShareOfDriver:P0} of the driver alone: {share:P0}, {Verdict(share >= LeastShareOfDriver)}"
            )
        );
        Console.WriteLine(
            FormattableString.Invariant(
                $"Goal: at least {LeastUploaded} records/s uploaded to MongoDB: {uploaded:N0}/s, {Verdict(uploaded >= LeastUploaded)}"
            )
        );
        return share < LeastShareOfDriver || uploaded < LeastUploaded;
    }

    private static string Verdict(bool holds) => holds ? "holds" : "DOES NOT HOLD";

    private static double ShareOfFloor(List<StoreRound> rounds) =>
        Median(rounds.Select(round => round.Rate("lookup") / round.Rate(round.FloorPhase)));

    private static string Rate(List<StoreRound> rounds, string phase, string unit) =>
        Median(rounds.Select(round => round.Rate(phase))).ToString("#,0", CultureInfo.InvariantCulture) + $" {unit}/s";

    private static string Latencies(List<StoreRound> rounds, string phase) =>
        FormattableString.Invariant(
            $"{Median(rounds.Select(r => r.Latency(phase, "p50Ms"))):0.0} ms, {Median(rounds.Select(r => r.Latency(phase, "p99Ms"))):0.0} ms"
        );

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
