using System.Diagnostics;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// Runs at the speed of the real clock from whatever moment a test sets: rules about days and hours are tried in
/// milliseconds, while timers inside the server go on as they would. It can stand still, for limits of so much a second.
/// </summary>
public sealed class MovableClock(DateTimeOffset start) : TimeProvider
{
    private (DateTimeOffset From, long Since) _origin = (start, Stopwatch.GetTimestamp());
    private readonly Lock _moving = new();
    private long? _stopped;

    public override long TimestampFrequency => Stopwatch.Frequency;

    public override long GetTimestamp() => _stopped ?? Stopwatch.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_moving)
            return _origin.From + Stopwatch.GetElapsedTime(_origin.Since, GetTimestamp());
    }

    /// <summary>From now on no time passes, but what <see cref="MoveTo"/> says. Before anybody asks.</summary>
    public void Stop() => _stopped = Stopwatch.GetTimestamp();

    public void MoveTo(DateTimeOffset moment)
    {
        lock (_moving)
            _origin = (moment.ToUniversalTime(), GetTimestamp());
    }
}
