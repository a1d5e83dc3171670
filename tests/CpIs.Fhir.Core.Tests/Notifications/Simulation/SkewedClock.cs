namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>A clock that goes as the other does, and stands elsewhere.</summary>
internal sealed class SkewedClock(TimeProvider time) : TimeProvider
{
    public TimeSpan Skew { get; set; }

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Skew;

    public override long GetTimestamp() => time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
