using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Benchmarks.BySize;

/// <summary>Whether a look-up costs the same however many children are held: both stores, size after size.</summary>
internal static class SizesRun
{
    private const int Samples = 50;

    public static async Task<int> RunAsync(
        IReadOnlyList<int> sizes,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        var rows = new List<SizeRow>();
        foreach (var children in sizes)
        {
            var register = new Register(children, LondonCalendar.DayOf(DateTimeOffset.UtcNow));
            foreach (var store in options.Make())
                await using (store)
                    rows.Add(await MeasureAsync(store, register, options, cancellation));
            // After each size, so that an interrupted run leaves what it has.
            Results.Write(options.Output, "sizes.json", rows);
        }

        Results.Print(SizeRow.Headings, [.. rows.Select(row => row.ToCells())]);
        return rows.TrueForAll(row => row.Errors == 0) ? 0 : 1;
    }

    private static async Task<SizeRow> MeasureAsync(
        IMeasuredStore store,
        Register register,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        var filled = await Filling.RunAsync(store, register, cancellation);
        var disk = await store.WeighAsync(cancellation);
        var mix = register.Mix(options.HitRatio);
        await using var server = await ServerProcess.StartAsync(options.Server, store, cancellation);
        var result = await LookUpAsync(server, mix, options, cancellation);
        var memory = server.ResidentBytes;
        return new SizeRow
        {
            Store = store.Name,
            Children = register.Children,
            LookUpsPerSecond = Math.Round(result.Rate, 1),
            P50Milliseconds = result.Latency.Percentile(0.5) / 1_000.0,
            P99Milliseconds = result.Latency.Percentile(0.99) / 1_000.0,
            Errors = result.Errors.Values.Sum(),
            Hit = await ExamineAsync(store, register.Mix(1), cancellation),
            Miss = await ExamineAsync(store, register.Mix(0), cancellation),
            ServerBytes = memory,
            DiskBytes = disk,
            ResourcesFilledPerSecond = Math.Round(filled),
        };
    }

    private static async Task<PhaseResult> LookUpAsync(
        ServerProcess server,
        LookUpMix mix,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        using var exchange = new ExchangeClient(
            server.Root,
            ClientFile.Read(Repository.Client("hareford-ed-doctor")),
            null,
            null,
            TimeProvider.System,
            Console.Error.WriteLine
        );
        var fhirBase = new Uri((await exchange.AddressAsync(cancellation)).FhirBase);
        var token = await exchange.TokenAsync(cancellation);
        return await new LookUpPhase(fhirBase, token, mix, options.Phase).RunAsync("lookup", null, cancellation);
    }

    private static async Task<Examined> ExamineAsync(
        IMeasuredStore store,
        LookUpMix mix,
        CancellationToken cancellation
    )
    {
        var random = new Random(1);
        var all = new List<Examined>();
        for (var i = 0; i < Samples; i++)
            all.Add(await store.ExamineAsync(mix.Next(random).Child, cancellation));
        return Examined.Mean(all);
    }
}
