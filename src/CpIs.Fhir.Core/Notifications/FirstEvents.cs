namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The first events of a Subscription. An authority that was never told of anything may have a year of open obligations; what presents now must not
/// wait behind them. So where a Subscription has no event yet and something is open for longer than <see cref="After"/>, everything open is
/// numbered at once, the newest first (design.md, "No Subscription").
/// </summary>
public static class FirstEvents
{
    /// <summary>Longer than any attendance: what is younger keeps its order, as ever.</summary>
    public static readonly TimeSpan After = Attendances.Attendance.Longest;

    /// <summary>
    /// Most obligations that are numbered at once, in one commit; of more than these the oldest go so, and the others follow. Nationally there are 38,000 a
    /// year, of all authorities.
    /// </summary>
    public const int Most = 5_000;

    /// <summary>Whether they are numbered so.</summary>
    /// <param name="lastNumber">The Subscription's latest number.</param>
    /// <param name="oldest">When the oldest open one happened.</param>
    /// <param name="now">The time.</param>
    public static bool AreNewestFirst(long lastNumber, DateTimeOffset oldest, DateTimeOffset now) =>
        lastNumber == 0 && now - oldest > After;
}
