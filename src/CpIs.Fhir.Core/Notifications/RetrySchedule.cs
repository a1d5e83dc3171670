using System.Globalization;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// When a failed notification is tried again. The schedule is data; its last waiting time repeats for ever, because an
/// obligation ends only as delivered or acknowledged (promise 3).
/// </summary>
public sealed class RetrySchedule
{
    /// <summary>The least a receiver's Retry-After can ask for.</summary>
    public static readonly TimeSpan ShortestRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The most a receiver's Retry-After can ask for.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    private readonly TimeSpan[] _delays;
    private readonly double _jitter;
    private readonly Random _random;

    /// <summary>A schedule.</summary>
    /// <param name="delays">As in <see cref="NotificationOptions.RetrySchedule"/>.</param>
    /// <param name="jitter">As in <see cref="NotificationOptions.Jitter"/>.</param>
    /// <param name="random">Where the jitter comes from; seeded in tests.</param>
    /// <exception cref="FormatException">The text is not a schedule; the message names the part.</exception>
    public RetrySchedule(string delays, double jitter, Random random)
    {
        _delays = [.. delays.Split(',', StringSplitOptions.TrimEntries).Select(ParseDelay)];
        _jitter = jitter;
        _random = random;
    }

    /// <summary>How long to wait after a failed attempt.</summary>
    /// <param name="failures">Failed attempts so far, this one included: 1 or more.</param>
    /// <param name="retryAfter">What the receiver asked for; honoured between one second and one hour.</param>
    public TimeSpan DelayAfter(int failures, TimeSpan? retryAfter)
    {
        if (retryAfter is { } asked)
            return TimeSpan.FromTicks(Math.Clamp(asked.Ticks, ShortestRetryAfter.Ticks, LongestRetryAfter.Ticks));
        var delay = _delays[Math.Clamp(failures - 1, 0, _delays.Length - 1)];
        lock (_random)
            return delay * (1 + _jitter * (2 * _random.NextDouble() - 1));
    }

    private static TimeSpan ParseDelay(string text)
    {
        var unit = text.Length > 1 ? text[^1] : ' ';
        if (
            !double.TryParse(text[..Math.Max(0, text.Length - 1)], CultureInfo.InvariantCulture, out var count)
            || count <= 0
            || count > 100_000
        )
            throw new FormatException($"'{text}' is not a waiting time such as 5s, 2m or 1h.");
        return unit switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            _ => throw new FormatException($"'{text}' is not a waiting time such as 5s, 2m or 1h."),
        };
    }
}
