using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// One attempt on one Subscription's channel, whatever it says: assembles the Bundle, posts it and tells the observer.
/// </summary>
public sealed class NotificationChannel(
    INotificationSender sender,
    MeshChannel mesh,
    IOccurrenceStore occurrences,
    IOrganisationDirectory directory,
    NotificationBundle bundle,
    NotificationOptions options,
    IDispatchObserver observer,
    AttemptLedger ledger,
    TimeProvider time
)
{
    /// <summary>
    /// True while the owner may be notified at all; asked before every attempt, because rights end at once (W13).
    /// An authority that the directory does not know is not authorised.
    /// </summary>
    public bool IsAuthorised(StoredResource subscription) =>
        directory.Current.Find(subscription.Authority) is { Kind: CallerKind.Authority, Suspended: false };

    /// <summary>One attempt.</summary>
    /// <param name="id">See <see cref="NotificationId"/>.</param>
    /// <param name="type">What it is.</param>
    /// <param name="subscription">A Subscription with its terms.</param>
    /// <param name="stands">Where it stands.</param>
    /// <param name="events">What to tell; empty for a handshake and a heartbeat.</param>
    /// <param name="cancellation">The server is stopping.</param>
    public async Task<SendOutcome> SendAsync(
        string id,
        NotificationType type,
        StoredResource subscription,
        SubscriptionLedger stands,
        IReadOnlyList<NotificationEvent> events,
        CancellationToken cancellation
    )
    {
        var terms = subscription.Subscription!;
        var now = time.GetUtcNow();
        var standing = SubscriptionStanding.Of(subscription.Id, terms, stands);
        if (terms.Status != SubscriptionStatus.Error)
            standing = standing with { Error = null };
        var began = time.GetTimestamp();
        var outcome =
            terms.Channel == ChannelKind.Mesh
                ? await mesh.SendAsync(id, subscription, events, cancellation).ConfigureAwait(false)
                : await PostAsync(id, type, subscription, standing, events, cancellation).ConfigureAwait(false);
        var attempt = new DispatchAttempt(
            subscription.Id,
            type,
            events.Count > 0 ? events[0].Number : null,
            events.Count,
            events.Count > 0 ? stands.Failures + 1 : 1,
            outcome,
            events.Count > 0 ? now - events.Min(e => e.Time) : TimeSpan.Zero
        );
        ledger.Note(attempt, time.GetElapsedTime(began));
        observer.Attempted(attempt);
        return outcome;
    }

    private async Task<SendOutcome> PostAsync(
        string id,
        NotificationType type,
        StoredResource subscription,
        SubscriptionStanding standing,
        IReadOnlyList<NotificationEvent> events,
        CancellationToken cancellation
    )
    {
        var terms = subscription.Subscription!;
        // The option is asked at each attempt: once it is off, nothing personal leaves, whatever was agreed before.
        var accesses =
            terms.Content == PayloadContent.FullResource && options.AllowFullResource
                ? await NotifiedAccesses
                    .ReadAsync(occurrences, subscription.Authority, events, cancellation)
                    .ConfigureAwait(false)
                : null;
        return await sender
            .SendAsync(
                new OutgoingNotification(
                    id,
                    new Uri(terms.Endpoint),
                    terms.ContentType,
                    terms.Headers,
                    bundle.Write(id, type, standing, events, time.GetUtcNow(), accesses),
                    terms.Timeout ?? options.Timeout
                ),
                cancellation
            )
            .ConfigureAwait(false);
    }
}
