using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using CpIs.Fhir.Benchmarks.Measures;
using CpIs.Fhir.Benchmarks.Notices;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Benchmarks.Nights;

/// <summary>
/// How fast a server does the daily files of a night, how much memory it takes, and how long look-ups wait meanwhile. Next to it the floor of the
/// same run: as many durable writes as the store can do.
/// </summary>
internal static class NightsRun
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(
        int authorities,
        int records,
        int lookUps,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        var rows = new List<NightRow>();
        foreach (var store in options.Make())
            await using (store)
                rows.Add(await MeasureAsync(store, authorities, records, lookUps, options, cancellation));
        Results.Write(options.Output, "nights.json", rows);
        Results.Print(NightRow.Headings, [.. rows.Select(row => row.ToCells())]);
        return 0;
    }

    private static async Task<NightRow> MeasureAsync(
        IMeasuredStore store,
        int authorities,
        int records,
        int lookUps,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        var night = new QueuedNight(authorities, records);
        var (writes, watch) = (0.0, new Stopwatch());
        await store.WriteAsync(
            async (stored, occurrences, stop) =>
            {
                writes = await Floors.WriteAsync(occurrences, options.Phase, stop);
                watch.Start();
                await night.WriteAsync(stored, occurrences, stop);
                watch.Stop();
            },
            cancellation
        );
        await using var server = await ServerProcess.StartAsync(options.Server, store, cancellation);
        var before = server.ProcessorTime;
        watch.Start();
        using var setting = Exchange(server, "hareford-ed-doctor");
        using var authority = Exchange(server, "authority-xhf01");
        var fhirBase = new Uri((await setting.AddressAsync(cancellation)).FhirBase);
        var token = await setting.TokenAsync(cancellation);
        var meanwhile = new SteadyLookUps(fhirBase, token, lookUps);
        using var ended = new CancellationTokenSource();
        var asking = meanwhile.RunAsync(ended.Token);
        await EndAsync(fhirBase, await authority.TokenAsync(cancellation), cancellation);
        watch.Stop();
        var spent = server.ProcessorTime - before;
        await ended.CancelAsync();
        await asking;

        var after = new SteadyLookUps(fhirBase, token, lookUps);
        using var enough = new CancellationTokenSource(options.Duration);
        await after.RunAsync(enough.Token);
        return new NightRow
        {
            Store = store.Name,
            Records = night.Records,
            Seconds = watch.Elapsed.TotalSeconds,
            WritesPerSecond = writes,
            ProcessorMicroseconds = spent.TotalMicroseconds / night.Records,
            MostBytes = server.MostResidentBytes,
            Meanwhile = (meanwhile.Milliseconds(0.5), meanwhile.Milliseconds(0.99)),
            After = (after.Milliseconds(0.5), after.Milliseconds(0.99)),
            Failed = meanwhile.Failed + after.Failed,
        };
    }

    private static ExchangeClient Exchange(ServerProcess server, string client)
    {
        var file = ClientFile.Read(Repository.Client(client));
        return new ExchangeClient(server.Root, file, file.User, null, TimeProvider.System, _ => { });
    }

    private static async Task EndAsync(Uri fhirBase, string token, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        http.DefaultRequestHeaders.Accept.ParseAdd("text/csv");
        var address = new Uri($"{fhirBase}/$upload/{QueuedNight.LastFile}");
        while (true)
        {
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
            if (answer.StatusCode != HttpStatusCode.Accepted)
                throw new InvalidOperationException(
                    $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}"
                );
            await Task.Delay(LookAgain, cancellation);
        }
    }
}
