using CpIs.Fhir.Benchmarks.Measures;

namespace CpIs.Fhir.Benchmarks.Notices;

/// <summary>
/// How many notices a server delivers: a backlog of look-ups for as many authorities as there are receivers, then a server on it. Next to it the
/// floors of the same run: the same bytes posted by an HttpClient, and as many durable writes.
/// </summary>
internal static class NoticesRun
{
    /// <summary>As long as a notice with one event.</summary>
    private const int Bytes = 1_700;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(
        int receivers,
        int notices,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        var rows = new List<NoticeRow>();
        foreach (var store in options.Make())
            await using (store)
                rows.Add(await MeasureAsync(store, receivers, notices, options, cancellation));
        Results.Write(options.Output, "notices.json", rows);
        Results.Print(NoticeRow.Headings, [.. rows.Select(row => row.ToCells())]);
        return 0;
    }

    private static async Task<NoticeRow> MeasureAsync(
        IMeasuredStore store,
        int receivers,
        int notices,
        MeasureOptions options,
        CancellationToken cancellation
    )
    {
        var posts = await Floors.PostAsync(receivers, Bytes, options.Phase, cancellation);
        var writes = 0.0;
        await store.WriteAsync(
            async (_, occurrences, stop) => writes = await Floors.WriteAsync(occurrences, options.Phase, stop),
            cancellation
        );
        var warmUp = notices / 5;
        await using var taking = await Receivers.StartAsync(receivers, warmUp, notices, cancellation);
        await store.WriteAsync(new Backlog(taking.Endpoints, notices).WriteAsync, cancellation);
        await using var server = await ServerProcess.StartAsync(options.Server, store, cancellation);
        var before = server.ProcessorTime;
        var already = taking.Taken;
        await taking.Enough.WaitAsync(Patience, cancellation);
        var spent = server.ProcessorTime - before;
        return new NoticeRow
        {
            Store = store.Name,
            DeliveriesPerSecond = taking.PerSecond,
            PostsPerSecond = posts,
            WritesPerSecond = writes,
            ProcessorMicroseconds = spent.TotalMicroseconds / (notices - already),
        };
    }
}
