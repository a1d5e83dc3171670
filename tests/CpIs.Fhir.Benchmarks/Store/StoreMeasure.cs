using System.Diagnostics;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>
/// The store's figures under steady load, with their spread, beside the floor measured in the same run: the numbers of
/// docs/adr/0003.
/// </summary>
internal static class StoreMeasure
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(RecordProtection protection)
    {
        await using var store = await TemporaryStore.OpenAsync(protection);
        using var bare = new BareFile(store.Directory);
        // Once over everything, so that no figure is one of compiling.
        await WritersAsync(store, 64, TimeSpan.FromSeconds(1));
        await store.Store.CommitAsync(Samples.Upload(0, 300), default);
        foreach (var waiting in new[] { 1, 8, 64, 256 })
        {
            var floor = Floor(bare, waiting);
            var (rate, times) = await WritersAsync(store, waiting, Length);
            Console.WriteLine(
                $"{waiting, 4} waiting: {rate, 7:N0} occurrences/s ({Spread(times)}), floor {floor, 7:N0}/s, {rate / floor:P0} of it"
            );
        }

        await UploadsAsync(store);
        await ReadsAsync(store);
        await ProcessorAsync(protection);
        return 0;
    }

    private static async Task UploadsAsync(TemporaryStore store)
    {
        var (alone, next) = await UploadAsync(store, 300, 20);
        Console.WriteLine($"uploads of 300 changes, alone: {Spread(alone)}");
        var writers = WritersAsync(store, 64, Length);
        (var beside, next) = await UploadAsync(store, next, 20);
        var (rate, times) = await writers;
        Console.WriteLine($"uploads beside 64 look-ups: {Spread(beside)}; the look-ups: {rate:N0}/s ({Spread(times)})");
    }

    private static async Task ReadsAsync(TemporaryStore store)
    {
        foreach (var (name, child) in new[] { ("hit", 1), ("miss", 19_050) })
        {
            const int Count = 20_000;
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Count; i++)
                await store.Store.ReadChildAsync(Samples.Child(child), default);
            Console.WriteLine($"child read, {name}: {watch.Elapsed.TotalMicroseconds / Count:N1} µs");
            watch.Restart();
            for (var i = 0; i < Count; i++)
                await store.Store.ReadHistoryAsync(
                    Samples.Child(child),
                    "x",
                    DateTimeOffset.UtcNow,
                    25,
                    DateTimeOffset.MaxValue,
                    default
                );
            Console.WriteLine($"history read, {name}: {watch.Elapsed.TotalMicroseconds / Count:N1} µs");
        }
    }

    /// <summary>What the whole process spends, with the rules of an upload in it: a foreign load hardly changes that.</summary>
    private static async Task ProcessorAsync(RecordProtection protection)
    {
        const int Records = 20_000;
        const int LookUps = 20_000;
        var before = Environment.CpuUsage.TotalTime;
        await using var store = await FilledStore.OpenAsync(Records, protection);
        Tell("uploaded record", before, Records);
        var patients = new RecordQuery(RecordType.EpisodeOfCare, FilledStore.Authority, []) { Count = 1_000 };
        var held = (await store.Store.SearchAsync(patients, default)).Items.Select(p => p.Child!.Value).ToArray();
        var others = Samples.Shuffled(SyntheticNhsNumbers.From(800_000).Take(2 * LookUps));
        await LookUpAsync(store, n => others[LookUps + n], LookUps);
        before = Environment.CpuUsage.TotalTime;
        await LookUpAsync(store, n => others[n], LookUps);
        Tell("look-up, miss", before, LookUps);
        before = Environment.CpuUsage.TotalTime;
        await LookUpAsync(store, n => held[n % held.Length], LookUps);
        Tell("look-up, hit", before, LookUps);

        static void Tell(string what, TimeSpan before, int count) =>
            Console.WriteLine(
                $"processor time of one {what}: {(Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count:N0} µs"
            );
    }

    /// <summary>Two reads and the durable record of each, 32 at the same time.</summary>
    private static Task LookUpAsync(TemporaryStore store, Func<int, NhsNumber> child, int count) =>
        Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (n, cancellation) =>
            {
                var found = await store.Store.ReadChildAsync(child(n), cancellation);
                await store.Store.ReadHistoryAsync(
                    child(n),
                    "x",
                    DateTimeOffset.UtcNow,
                    25,
                    DateTimeOffset.MaxValue,
                    cancellation
                );
                var access = Samples.Access(n, hit: found.Count > 0) with { Child = child(n) };
                await store.Store.RecordAsync(access, cancellation);
            }
        );

    private static double Floor(BareFile bare, int rows)
    {
        var watch = Stopwatch.StartNew();
        var written = 0;
        for (; watch.Elapsed < Length / 2; written += rows)
            bare.Write(rows);
        return written / watch.Elapsed.TotalSeconds;
    }

    private static async Task<(double Rate, List<double> Times)> WritersAsync(
        TemporaryStore store,
        int writers,
        TimeSpan length
    )
    {
        var watch = Stopwatch.StartNew();
        var all = await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(w =>
                    Task.Run(async () =>
                    {
                        var times = new List<double>();
                        for (var i = w; watch.Elapsed < length; i += writers)
                        {
                            var start = Stopwatch.GetTimestamp();
                            await store.Store.RecordAsync(Samples.Access(i), default);
                            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                        }

                        return times;
                    })
                )
        );
        return (all.Sum(t => t.Count) / watch.Elapsed.TotalSeconds, [.. all.SelectMany(t => t)]);
    }

    private static async Task<(List<double> Times, int Next)> UploadAsync(TemporaryStore store, int first, int count)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++, first += 300)
        {
            var commit = Samples.Upload(first, 300);
            var start = Stopwatch.GetTimestamp();
            await store.Store.CommitAsync(commit, default);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (times, first);
    }

    private static string Spread(List<double> times)
    {
        times.Sort();
        return $"p50 {times[times.Count / 2]:N1} ms, p99 {times[times.Count * 99 / 100]:N1} ms, most {times[^1]:N1} ms";
    }
}
