using System.Collections.Concurrent;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>
/// Gives each claim of one server a number of its own, which its notification carries as the count of events: so the receiver knows under which lease
/// it was sent, also where a lane that outlasted its lease still sends what the same server has claimed again.
/// </summary>
internal sealed class MarkedClaims
{
    private readonly ConcurrentDictionary<long, DateTimeOffset> _until = new();
    private long _last;

    /// <summary>Until when the claim holds that a notification came from.</summary>
    public DateTimeOffset Until(Notification sent) => _until[sent.EventCount!.Value];

    /// <summary>What a call to the store returned, with its claims marked.</summary>
    public object? Mark(object? made) =>
        made switch
        {
            Task<IReadOnlyList<Delivery>> { Result: var claimed } => Task.FromResult<IReadOnlyList<Delivery>>([
                .. claimed.Select(Mark),
            ]),
            Task<Delivery?> { Result: { } next } => Task.FromResult<Delivery?>(Mark(next)),
            _ => made,
        };

    private Delivery Mark(Delivery claim)
    {
        var number = Interlocked.Increment(ref _last);
        _until[number] = claim.Until;
        return claim with { LastNumber = number };
    }
}
