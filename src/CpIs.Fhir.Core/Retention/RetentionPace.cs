namespace CpIs.Fhir.Core.Retention;

/// <summary>How fast things are removed.</summary>
/// <param name="Bite">Things in one bite at most. A bite of a few hundred keeps a look-up waiting for some tens of milliseconds.</param>
/// <param name="Pause">Between two bites.</param>
public sealed record RetentionPace(int Bite, TimeSpan Pause)
{
    /// <summary>200 things, then 200 ms for everybody else.</summary>
    public static RetentionPace Gentle { get; } = new(200, TimeSpan.FromMilliseconds(200));
}
