using System.Diagnostics;
using System.Net.Sockets;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// Workers that each ask, wait for the answer and ask again, for a time or a number of requests. What a warm-up did is not
/// counted.
/// </summary>
/// <param name="workers">How many at a time.</param>
/// <param name="warmUp">Run before counting begins.</param>
/// <param name="duration">Counted time.</param>
internal sealed class ClosedLoop(int workers, TimeSpan warmUp, TimeSpan duration)
{
    /// <summary>Most requests counted; null for as many as fit in the time.</summary>
    public long? Most { get; init; }

    /// <summary>One request: units done (0 for an error), and what went wrong. Null when there is nothing left to do.</summary>
    public delegate ValueTask<(long Units, string? Error)?> Step(CancellationToken cancellation);

    /// <summary>Runs the phase.</summary>
    /// <param name="phase">Its name.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="makeWorker">Makes the step of a worker; may hold a connection, which the worker disposes.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<PhaseResult> RunAsync(
        string phase,
        string unit,
        Func<int, (Step Step, IDisposable Held)> makeWorker,
        CancellationToken cancellation
    )
    {
        var begin = Stopwatch.GetTimestamp();
        var left = Most ?? long.MaxValue;
        var tallies = await Task.WhenAll(
            Enumerable.Range(0, workers).Select(index => Task.Run(() => WorkAsync(index), cancellation))
        );
        var counted = tallies.Where(t => t.Last > 0).ToList();
        var latency = new LatencyHistogram();
        var errors = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var tally in tallies)
        {
            latency.Add(tally.Latency);
            foreach (var (error, count) in tally.Errors)
                errors[error] = errors.GetValueOrDefault(error) + count;
        }

        return new PhaseResult(phase, unit)
        {
            Elapsed =
                counted.Count == 0
                    ? TimeSpan.Zero
                    : Stopwatch.GetElapsedTime(counted.Min(t => t.First), counted.Max(t => t.Last)),
            Done = tallies.Sum(t => t.Done),
            Latency = latency,
            Errors = errors,
        };

        async Task<Tally> WorkAsync(int index)
        {
            var tally = new Tally();
            var (step, held) = makeWorker(index);
            using (held)
                while (true)
                {
                    var start = Stopwatch.GetTimestamp();
                    var since = Stopwatch.GetElapsedTime(begin, start);
                    var counts = since >= warmUp;
                    if (since >= warmUp + duration || (counts && Interlocked.Decrement(ref left) < 0))
                        return tally;
                    (long Units, string? Error)? result;
                    try
                    {
                        result = await step(cancellation);
                    }
                    catch (Exception broken) when (broken is IOException or SocketException)
                    {
                        result = (0, "connection: " + broken.Message);
                        await Task.Delay(50, cancellation);
                    }

                    if (result is not { } done)
                        return tally;
                    if (counts)
                        tally.Count(start, Stopwatch.GetTimestamp(), done.Units, done.Error);
                }
        }
    }

    private sealed class Tally
    {
        public LatencyHistogram Latency { get; } = new();

        public Dictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

        public long First { get; private set; }

        public long Last { get; private set; }

        public long Done { get; private set; }

        public void Count(long start, long end, long units, string? error)
        {
            First = First == 0 ? start : First;
            Last = end;
            Done += units;
            if (error is null)
                Latency.Add(Stopwatch.GetElapsedTime(start, end));
            else
                Errors[error] = Errors.GetValueOrDefault(error) + 1;
        }
    }
}
