using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Listening;

/// <summary>Sees which events were missed: numbers of a Subscription have no gap.</summary>
internal sealed class EventGaps
{
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes note of a notice. The range that was missed before it, or null: of what was sent before the first notice that was seen, nothing is known.
    /// </summary>
    public (long First, long Last)? Missed(Notification notice)
    {
        if (notice.Events.Count == 0)
            return null;
        var known = _last.TryGetValue(notice.Subscription, out var last);
        var first = notice.Events.Min(told => told.Number);
        _last[notice.Subscription] = Math.Max(last, notice.Events.Max(told => told.Number));
        return known && first > last + 1 ? (last + 1, first - 1) : null;
    }
}
