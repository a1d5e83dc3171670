using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Counts requests without a valid token by reason (metric <c>cpis.authentication.rejected</c>) and logs one line a
/// minute for each reason, so that nobody can fill the log or the store from outside.
/// </summary>
internal sealed partial class Rejections : IDisposable
{
    private static readonly TimeSpan Sample = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private readonly Meter _meter = new("CpIs.Fhir.Security");
    private readonly Counter<long> _rejected;
    private readonly TimeProvider _time;
    private readonly ILogger<Rejections> _logger;

    public Rejections(TimeProvider time, ILogger<Rejections> logger)
    {
        (_time, _logger) = (time, logger);
        _rejected = _meter.CreateCounter<long>("cpis.authentication.rejected");
    }

    /// <summary>One more.</summary>
    /// <param name="reason">One of a few fixed words, never anything that a caller sent.</param>
    public void Count(string reason)
    {
        _rejected.Add(1, new KeyValuePair<string, object?>("reason", reason));
        var tally = _tallies.GetOrAdd(reason, _ => new Tally());
        var count = Interlocked.Increment(ref tally.Count);
        var now = _time.GetTimestamp();
        var last = Interlocked.Read(ref tally.Logged);
        if (last != 0 && _time.GetElapsedTime(last, now) < Sample)
            return;
        if (Interlocked.CompareExchange(ref tally.Logged, now, last) == last)
            Log(_logger, count, reason);
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    [LoggerMessage(22, LogLevel.Warning, "Requests without a valid token so far: {Count} ({Reason})")]
    private static partial void Log(ILogger logger, long count, string reason);

    private sealed class Tally
    {
        public long Count;
        public long Logged;
    }
}
