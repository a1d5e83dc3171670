using System.Diagnostics;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>
/// Runs at the speed of the real clock from whatever moment a test sets: rules about days and hours are tried in
/// milliseconds, while timers inside the server go on as they would.
/// </summary>
public sealed class MovableClock(DateTimeOffset start) : TimeProvider
{
    private (DateTimeOffset From, long Since) _origin = (start, Stopwatch.GetTimestamp());
    private readonly Lock _moving = new();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_moving)
            return _origin.From + Stopwatch.GetElapsedTime(_origin.Since);
    }

    public void MoveTo(DateTimeOffset moment)
    {
        lock (_moving)
            _origin = (moment.ToUniversalTime(), Stopwatch.GetTimestamp());
    }
}
