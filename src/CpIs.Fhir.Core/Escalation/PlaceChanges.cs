using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Topics;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// A Subscription that becomes its authority's place of action may have taken events before, which told nobody. What is untold of them is sent to it
/// once more, under the ids that they had: only what it takes now tells. Whatever made it the place, within a minute.
/// </summary>
public sealed class PlaceChanges(
    IWorklistStore notices,
    INotificationStore notifications,
    PlacesOfAction places,
    IDispatchSignal signal,
    TimeProvider time
) : IMinuteWork
{
    /// <summary>Most events of one authority that are sent once more in a minute.</summary>
    public const int Most = 1_000;

    /// <inheritdoc />
    public string Name => "place-changes";

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var untold in await notices.ReadUntoldAsync(cancellation).ConfigureAwait(false))
        foreach (var row in TopicTable.All)
        {
            var place = await places.FindAsync(untold.Authority, row.Topic, cancellation).ConfigureAwait(false);
            // From an inbox nothing is delivered that was not taken by a person, which tells.
            if (place?.Subscription is { TakesEvents: true, Channel: not ChannelKind.Inbox })
                await SendAgainAsync(place.Id, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public void Rest() { }

    private async Task SendAgainAsync(string id, CancellationToken cancellation)
    {
        var numbers = await notifications.FindDeliveredUntoldAsync(id, Most, cancellation).ConfigureAwait(false);
        // Mostly they follow one another: then one commit is enough.
        for (var (from, to) = (0, 0); from < numbers.Count; from = ++to)
        {
            while (to + 1 < numbers.Count && numbers[to + 1] == numbers[to] + 1)
                to++;
            await notifications
                .ResendAsync(id, numbers[from], numbers[to], time.GetUtcNow(), cancellation)
                .ConfigureAwait(false);
        }

        if (numbers.Count > 0)
            signal.Wake();
    }
}
