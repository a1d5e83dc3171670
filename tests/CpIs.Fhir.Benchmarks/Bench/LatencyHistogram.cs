using System.Numerics;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// Counts latencies in microseconds, in 64 steps for each doubling: what it tells is at most 1.6 % too high, at a cost of
/// some nanoseconds and 20 KB. One for each worker; added up at the end.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;
    private readonly long[] _counts = new long[(40 - StepBits) * Steps];

    /// <summary>How many were counted.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, in microseconds.</summary>
    public long Max { get; private set; }

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan latency)
    {
        var micros = Math.Max(0, (long)latency.TotalMicroseconds);
        _counts[Math.Min(IndexOf(micros), _counts.Length - 1)]++;
        Count++;
        Max = Math.Max(Max, micros);
    }

    /// <summary>Counts all that another counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The latency that this share of requests did not exceed, in microseconds; 0 when nothing was counted.</summary>
    /// <param name="share">0.5 for the median, 0.99 for p99.</param>
    public long Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length && wanted > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return Math.Min(UpperBoundOf(i), Max);
        }

        return Max;
    }

    // Values below 64 have a step each; above, the leading bit says which doubling, the next six which step of it.
    private static int IndexOf(long micros)
    {
        if (micros < Steps)
            return (int)micros;
        var shift = BitOperations.Log2((ulong)micros) - StepBits;
        return (shift + 1) * Steps + (int)(micros >> shift) - Steps;
    }

    private static long UpperBoundOf(int index)
    {
        if (index < Steps)
            return index;
        var shift = index / Steps - 1;
        return ((long)(index % Steps + Steps + 1) << shift) - 1;
    }
}
