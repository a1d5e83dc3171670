using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>What the engine does with a store, in the short form that most tests need: nothing quiet, and each attempt gives its Subscription back.</summary>
internal static class EngineSteps
{
    /// <summary>So that a test may claim what it has made to happen later.</summary>
    public static readonly TimeSpan HoweverNew = TimeSpan.FromDays(-4_000);

    public static Task<IReadOnlyList<Delivery>> ClaimDueAsync(
        this INotificationStore store,
        DateTimeOffset now,
        TimeSpan lease,
        int limit,
        CancellationToken cancellation
    ) => store.ClaimDueAsync(new ClaimTerms(now, lease, HoweverNew) { Notices = 1 }, limit, cancellation);

    /// <summary>A 2xx at the place of action, or not, after which the Subscription is free and due.</summary>
    public static async Task<bool> SettleAsync(
        this INotificationStore store,
        Delivery delivery,
        DateTimeOffset now,
        CancellationToken cancellation,
        bool tells = true
    )
    {
        var state = delivery.State.AfterAccepted(delivery.Events, now);
        if (!await store.SettleAsync(delivery, now, state, tells, cancellation))
            return false;
        await store.GiveBackAsync(delivery, new SendingEnd(state, DateTimeOffset.UnixEpoch), cancellation);
        return true;
    }

    /// <summary>A failure, after which the Subscription rests.</summary>
    public static Task<bool> RescheduleAsync(
        this INotificationStore store,
        Delivery delivery,
        DateTimeOffset now,
        DateTimeOffset due,
        string reason,
        CancellationToken cancellation
    ) => store.GiveBackAsync(delivery, new SendingEnd(delivery.State.AfterFailed(now, reason), due), cancellation);
}
