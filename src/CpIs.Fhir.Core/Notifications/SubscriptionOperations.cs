using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>What an authority asks of one of its own Subscriptions: a test, events once more, and that events are taken by a person.</summary>
public sealed class SubscriptionOperations(
    SubscriptionService subscriptions,
    INotificationStore store,
    NotificationChannel channel,
    Endpoints endpoints,
    Acknowledgements acknowledgements,
    IDispatchSignal signal,
    TimeProvider time
) : IDisposable
{
    /// <summary>Most events that are sent again, or taken, by one request.</summary>
    public const int MostEvents = 1_000;

    /// <summary>Tests at once on this server: an attempt may take 30 s.</summary>
    private const int MostTests = 16;

    private readonly SemaphoreSlim _tests = new(MostTests);

    /// <summary>Sends a heartbeat now, signed and with the headers of every notification, and says what came of it. It tells of no child.</summary>
    public async Task<Result<SendOutcome>> TestAsync(Caller caller, string id, CancellationToken cancellation)
    {
        if (
            (await ReadSentAsync(caller, id, cancellation).ConfigureAwait(false)).IsRefused(
                out var refusal,
                out var subscription
            )
        )
            return refusal;
        if (!channel.IsAuthorised(subscription))
            return Refusal.Forbidden("The authority is suspended: nothing is sent to it. Ask the operator.");
        await _tests.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            var ledger = await store.ReadLedgerAsync(id, cancellation).ConfigureAwait(false);
            var outcome = await channel
                .SendAsync(
                    NotificationId.OfHeartbeat(id, now),
                    NotificationType.Heartbeat,
                    subscription,
                    ledger,
                    [],
                    cancellation
                )
                .ConfigureAwait(false);
            if (outcome.Result == SendResult.Accepted)
                endpoints.Recovered(subscription);
            return outcome;
        }
        finally
        {
            _tests.Release();
        }
    }

    /// <summary>Sends delivered events of a range once more, each under the id that it had. How many.</summary>
    public async Task<Result<int>> ResendAsync(
        Caller caller,
        string id,
        long first,
        long last,
        CancellationToken cancellation
    )
    {
        if (
            (await ReadSentAsync(caller, id, cancellation).ConfigureAwait(false)).IsRefused(
                out var refusal,
                out var subscription
            )
        )
            return refusal;
        if (!subscription.Subscription!.TakesEvents)
            return Rule("It is not active. Send it with the status requested first.", "cpis-subscription-operation");
        var again = await store.ResendAsync(id, first, last, time.GetUtcNow(), cancellation).ConfigureAwait(false);
        signal.Wake();
        return again;
    }

    /// <summary>A named person takes events, whatever the channel.</summary>
    public async Task<Result<IdempotentAnswer>> TakeAsync(
        AcknowledgementWrite write,
        string id,
        IReadOnlyList<long> numbers,
        CancellationToken cancellation
    )
    {
        if (
            (await subscriptions.ReadAsync(write.Caller, id, null, cancellation).ConfigureAwait(false)).IsRefused(
                out var refusal,
                out _
            )
        )
            return refusal;
        return await acknowledgements
            .TakeAsync(write, token => FindAsync(id, numbers, token), cancellation)
            .ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose() => _tests.Dispose();

    private async Task<Result<List<string>>> FindAsync(
        string id,
        IReadOnlyList<long> numbers,
        CancellationToken cancellation
    )
    {
        var wanted = numbers.ToHashSet();
        var events = await store
            .ReadEventsAsync(id, numbers.Min(), numbers.Max(), MostEvents, cancellation)
            .ConfigureAwait(false);
        var found = events.Where(told => wanted.Contains(told.Number)).ToList();
        return found.Count == wanted.Count
            ? found.SelectMany(told => told.Occurrences).Distinct(StringComparer.Ordinal).ToList()
            : Refusal.Unknown($"Event {wanted.Except(found.Select(told => told.Number)).Min()}");
    }

    private async Task<Result<StoredResource>> ReadSentAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var read = await subscriptions.ReadAsync(caller, id, null, cancellation).ConfigureAwait(false);
        return read.Value?.Subscription is { Channel: ChannelKind.Inbox }
            ? Rule("Nothing is sent to an inbox. Read it: Subscription/{id}/$events.", "cpis-subscription-operation")
            : read;
    }

    private static Refusal Rule(string sentence, string rule) =>
        Refusal.Because(
            RefusalKind.Rule,
            new Issue("business-rule", sentence, "Subscription", SpineCodes.InvalidValue, Rule: rule)
        );
}
