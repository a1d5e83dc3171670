using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Everything the third journey needs: Subscriptions, the engine, the sender and its keys.</summary>
internal static class NotificationServices
{
    /// <summary>
    /// Needs the ports of the store, <c>ServerLeases</c>, <c>IOrganisationDirectory</c>, <c>IKeyRing</c>, <see cref="ExchangeUrls"/>,
    /// <c>IdGenerator</c> and <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, NotificationOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton(new RetrySchedule(options.RetrySchedule, options.Jitter, new Random()))
            .AddSingleton<DispatchSignal>()
            .AddSingleton<IDispatchSignal>(s => s.GetRequiredService<DispatchSignal>())
            .AddSingleton<IDispatchObserver, DispatchLog>()
            .AddSingleton<WebhookKeys>()
            .AddSingleton<INotificationSender, WebhookSender>(s => new WebhookSender(
                options,
                s.GetRequiredService<WebhookKeys>(),
                s.GetRequiredService<IdGenerator>(),
                s.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton(s => new NotificationBundle(() => s.GetRequiredService<ExchangeUrls>().FhirBase))
            .AddSingleton<AttemptLedger>()
            .AddSingleton<NotificationChannel>()
            .AddSingleton<SubscriptionMover>()
            .AddSingleton<Endpoints>()
            .AddSingleton<EventDelivery>()
            .AddSingleton<Handshakes>()
            .AddSingleton<Heartbeats>()
            .AddSingleton<Dispatcher>()
            .AddSingleton<IdempotentWrite>()
            .AddSingleton<SubscriptionParser>()
            .AddSingleton<SubscriptionService>()
            .AddSingleton<SubscriptionEvents>()
            .AddSingleton<SubscriptionOperations>()
            .AddHostedService<DispatcherService>();
}
