using System.Collections.Concurrent;
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
)
{
    /// <summary>Most events that are sent again, or taken, by one request.</summary>
    public const int MostEvents = 1_000;

    /// <summary>Tests of one authority at once on this server: an attempt may take 30 s.</summary>
    private const int MostTests = 2;

    private readonly ConcurrentDictionary<OdsCode, int> _tests = new();

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
        if (subscription.Subscription!.Status == SubscriptionStatus.Off)
            return Rule("It is off. Send it with the status requested first.", "cpis-subscription-operation");
        if (_tests.AddOrUpdate(caller.Organisation, 1, (_, n) => n + 1) > MostTests)
        {
            _tests.AddOrUpdate(caller.Organisation, 0, (_, n) => n - 1);
            return TooManyTests();
        }

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
            _tests.AddOrUpdate(caller.Organisation, 0, (_, n) => n - 1);
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

    private async Task<Result<List<string>>> FindAsync(
        string id,
        IReadOnlyList<long> numbers,
        CancellationToken cancellation
    )
    {
        var found = new List<string>();
        foreach (var number in numbers)
            if (await store.ReadEventsAsync(id, number, number, 1, cancellation).ConfigureAwait(false) is [var told])
                found.AddRange(told.Occurrences);
            else
                return Refusal.Unknown($"Event {number}");
        return found.Distinct(StringComparer.Ordinal).ToList();
    }

    private async Task<Result<StoredResource>> ReadSentAsync(Caller caller, string id, CancellationToken cancellation)
    {
        if (
            (await subscriptions.ReadAsync(caller, id, null, cancellation).ConfigureAwait(false)).IsRefused(
                out var refusal,
                out var found
            )
        )
            return refusal;
        return found.Subscription is { Channel: ChannelKind.Inbox }
            ? Rule("Nothing is sent to an inbox. Read it: Subscription/{id}/$events.", "cpis-subscription-operation")
            : found;
    }

    private static Refusal TooManyTests() =>
        Refusal.Because(
            RefusalKind.TooMany,
            new Issue(
                "throttled",
                $"{MostTests} tests of this authority are under way. Wait for one to end.",
                null,
                SpineCodes.UnableToCallService
            )
        ) with
        {
            RetryAfter = TimeSpan.FromSeconds(30),
        };

    private static Refusal Rule(string sentence, string rule) =>
        Refusal.Because(
            RefusalKind.Rule,
            new Issue("business-rule", sentence, "Subscription", SpineCodes.InvalidValue, Rule: rule)
        );
}
