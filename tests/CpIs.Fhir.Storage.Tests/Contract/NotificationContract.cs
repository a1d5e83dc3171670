using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>What the tests of numbering and of sending do in a few words.</summary>
public abstract class NotificationContract : StoreContract
{
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    protected async Task<IEnumerable<long>> ReadAsync(long first, long last, int limit) =>
        (await Notifications.ReadEventsAsync("s", first, last, limit, Cancellation)).Select(e => e.Number);

    protected Task HitAsync(string id, int minute, int child = 1) =>
        Occurrences.RecordAsync(Make.Access(id, At(minute), Make.Child(child), authorities: Make.Herts), Cancellation);

    protected Task<int> NumberAsync(int limit = 1000) =>
        Notifications.NumberObligationsAsync(Make.Noon, TimeSpan.Zero, limit, Cancellation);

    protected Task<IReadOnlyList<Delivery>> ClaimAsync(DateTimeOffset? now = null, int limit = 100) =>
        Notifications.ClaimDueAsync(now ?? Make.Noon, Lease, limit, Cancellation);

    protected Task<Delivery?> NextAsync(Delivery held, SendingState? state = null, DateTimeOffset? now = null) =>
        Notifications.ClaimNextAsync(
            held,
            state ?? SendingState.Sound,
            new ClaimTerms(now ?? At(9), Lease, EngineSteps.HoweverNew) { Notices = 1 },
            null,
            Cancellation
        );

    protected async Task SettleAllAsync()
    {
        foreach (var delivery in await ClaimAsync())
            await Notifications.SettleAsync(delivery, Make.Noon, Cancellation);
    }

    protected Task<IReadOnlyList<NotificationEvent>> EventsAsync(string subscription) =>
        Notifications.ReadEventsAsync(subscription, 1, 1000, 1000, Cancellation);

    protected Task<IReadOnlyList<long>> FoundAsync(string id, int limit = 9) =>
        Notifications.FindDeliveredUntoldAsync(id, limit, Cancellation);

    protected Task<SubscriptionLedger> LedgerAsync(string subscription) =>
        Notifications.ReadLedgerAsync(subscription, Cancellation);

    protected static DateTimeOffset At(int minute) => Make.Noon.AddMinutes(minute);
}
