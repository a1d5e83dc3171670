using System.Text.Json.Nodes;
using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Benchmarks.BothStores;

/// <summary>
/// <c>bench</c> against a server on each store in turn, A B A B: what slows the machine down for a while slows both. Each
/// figure of the table is the median of the rounds, each ratio the median of ratios to the floor of its own round.
/// </summary>
internal static class BothStoresRun
{
    public static async Task<int> RunAsync(
        int rounds,
        int children,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        var register = new Register(children, LondonCalendar.DayOf(DateTimeOffset.UtcNow));
        var numbers = Path.Combine(options.Output, "numbers.txt");
        Directory.CreateDirectory(options.Output);
        await File.WriteAllLinesAsync(numbers, register.Visible.Select(n => n.Digits), cancellation);
        List<IMeasuredStore> stores = [.. options.Make()];
        var done = new List<StoreRound>();
        try
        {
            foreach (var store in stores)
                await Filling.RunAsync(store, register, cancellation);
            for (var round = 1; round <= rounds; round++)
                foreach (var store in stores)
                {
                    await Console.Error.WriteLineAsync($"round {round} of {rounds}: {store.Name}");
                    done.Add(await MeasureAsync(store, numbers, options, cancellation));
                    Results.Write(options.Output, "both-stores.json", done);
                }
        }
        finally
        {
            foreach (var store in stores)
                await store.DisposeAsync();
        }

        return BothStoresTable.Print(done);
    }

    private static async Task<StoreRound> MeasureAsync(
        IMeasuredStore store,
        string numbers,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        await using var server = await ServerProcess.StartAsync(options.Server, store, cancellation);
        await using var output = new StringWriter();
        string[] arguments =
        [
            "bench",
            "--json",
            "--server",
            server.Root.ToString(),
            "--client",
            Repository.Client("hareford-ed-doctor"),
            "--authority-client",
            Repository.Client("authority-xhf01"),
            "--numbers",
            numbers,
            "--hit-ratio",
            FormattableString.Invariant($"{options.HitRatio}"),
            "--connections",
            FormattableString.Invariant($"{options.Connections}"),
            "--duration",
            FormattableString.Invariant($"{options.Duration.TotalSeconds}s"),
            "--warm-up",
            FormattableString.Invariant($"{options.WarmUp.TotalSeconds}s"),
            "--uploads",
            .. store.FloorArguments,
        ];
        var surroundings = Surroundings.OfProcess() with { Out = output };
        var code = await BenchTool.RunAsync(arguments, surroundings, cancellation);
        var phases = output
            .ToString()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .Where(told => told["phase"] is not null)
            .ToDictionary(told => told["phase"]!.GetValue<string>(), StringComparer.Ordinal);
        return code == 0
            ? new StoreRound(store.Name, store.FloorPhase, phases, server.ResidentBytes)
            : throw new InvalidOperationException($"bench ended with {code} on {store.Name}.");
    }
}
