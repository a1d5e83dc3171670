using System.Collections.Concurrent;
using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// <c>Subscription/{id}/$events</c>: events by number, for whoever fetches from an inbox and for a receiver that catches up. Reading settles nothing.
/// </summary>
public sealed class SubscriptionEvents(
    SubscriptionService subscriptions,
    INotificationStore store,
    IOccurrenceStore occurrences,
    NotificationBundle bundle,
    NotificationOptions options,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>Most events in one answer.</summary>
    public const int MostEvents = 100;

    /// <summary>The longest wait for an event that is not there yet.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Requests of one authority that may wait at once; one more is answered with what there is.</summary>
    public const int MostWaiting = 4;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<OdsCode, int> _waiting = new();

    /// <summary>A history Bundle in the form of a notification, with a link to the next ones where there are more.</summary>
    /// <param name="caller">Whose Subscription it must be.</param>
    /// <param name="id">Its id.</param>
    /// <param name="asked">What is wanted.</param>
    /// <param name="self">What was asked, for <c>link[self]</c>.</param>
    /// <param name="fhirBase">FHIR base without trailing slash.</param>
    /// <param name="record">Puts on record, before they are shown, the accesses that the answer holds whole.</param>
    /// <param name="stopping">The server stops: what there is is answered.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<Result<byte[]>> ReadAsync(
        Caller caller,
        string id,
        EventsAsked asked,
        string self,
        string fhirBase,
        Func<IReadOnlyList<Occurrence>, Task> record,
        CancellationToken stopping,
        CancellationToken cancellation
    )
    {
        if (
            (await subscriptions.ReadAsync(caller, id, null, cancellation).ConfigureAwait(false)).IsRefused(
                out var refusal,
                out var subscription
            )
        )
            return refusal;
        var terms = subscription.Subscription!;
        var content = asked.Content ?? terms.Content;
        if (content > terms.Content)
            return Refusal.Forbidden(
                "The Subscription does not agree to so much. Ask for the content that it has, or less."
            );
        var events = await WaitAsync(caller.Organisation, id, asked, stopping, cancellation).ConfigureAwait(false);
        var more = events.Count > asked.Count;
        if (more)
            events = [.. events.Take(asked.Count)];
        var ledger = await store.ReadLedgerAsync(id, cancellation).ConfigureAwait(false);
        var standing = SubscriptionStanding.Of(id, terms, ledger) with { Content = content };
        var accesses =
            content == PayloadContent.FullResource && options.AllowFullResource
                ? await NotifiedAccesses
                    .ReadAsync(occurrences, caller.Organisation, events, cancellation)
                    .ConfigureAwait(false)
                : null;
        if (accesses is { Occurrences.Count: > 0 })
            await record([.. accesses.Occurrences.Values]).ConfigureAwait(false);
        var links = new List<(string, string)> { ("self", self) };
        if (more)
            links.Add(("next", NextOf(fhirBase, id, events[^1].Number + 1, asked)));
        return bundle.Write(
            ids.Next(),
            NotificationType.QueryEvent,
            standing,
            events,
            time.GetUtcNow(),
            accesses,
            links,
            await HintsAsync(id, asked, cancellation).ConfigureAwait(false)
        );
    }

    /// <summary>Numbers that were left out after a restore, as far as they were asked for (promise 4).</summary>
    private async Task<IReadOnlyList<Issue>> HintsAsync(string id, EventsAsked asked, CancellationToken cancellation) =>
        [
            .. (await store.ReadGapsAsync(id, cancellation).ConfigureAwait(false))
                .Where(gap => gap.First <= asked.Last && gap.Last >= asked.First)
                .Select(gap => new Issue(
                    "incomplete",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Numbers {gap.First} to {gap.Last} tell of nothing here: an older copy of the exchange was put back at {gap.Told:yyyy-MM-dd HH:mm} UTC. Keep what you have of them, and read your accesses (AuditEvent) of the days before."
                    ),
                    null,
                    Severity: "warning"
                )),
        ];

    private async Task<IReadOnlyList<NotificationEvent>> WaitAsync(
        OdsCode authority,
        string id,
        EventsAsked asked,
        CancellationToken stopping,
        CancellationToken cancellation
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        var until = time.GetUtcNow() + asked.Wait;
        var mayWait = asked.Wait > TimeSpan.Zero && _waiting.AddOrUpdate(authority, 1, (_, n) => n + 1) <= MostWaiting;
        try
        {
            while (true)
            {
                var events = await store
                    .ReadEventsAsync(id, asked.First, asked.Last, asked.Count + 1, cancellation)
                    .ConfigureAwait(false);
                var left = until - time.GetUtcNow();
                if (events.Count > 0 || !mayWait || left <= TimeSpan.Zero || stopping.IsCancellationRequested)
                    return events;
                await Task.Delay(left < LookAgain ? left : LookAgain, time, either.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            if (asked.Wait > TimeSpan.Zero)
                _waiting.AddOrUpdate(authority, 0, (_, n) => n - 1);
        }
    }

    private static string NextOf(string fhirBase, string id, long first, EventsAsked asked)
    {
        var last = asked.Last == long.MaxValue ? "" : $"&eventsUntilNumber={asked.Last}";
        var content = asked.Content is { } told ? $"&content={SubscriptionDocument.ContentCode(told)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{fhirBase}/Subscription/{id}/$events?eventsSinceNumber={first}{last}{content}&_count={asked.Count}"
        );
    }
}
