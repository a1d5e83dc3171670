using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Mesh;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Everything the third journey needs: Subscriptions, the engine, the sender and its keys.</summary>
internal static class NotificationServices
{
    /// <summary>
    /// Needs the ports of the store, <c>ServerLeases</c>, <c>IOrganisationDirectory</c>, <c>IKeyRing</c>, <see cref="ExchangeUrls"/>,
    /// <c>IdGenerator</c> and <see cref="TimeProvider"/>.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">How notifications are sent.</param>
    /// <param name="mesh">The exchange's mailbox at MESH; null for none.</param>
    /// <exception cref="InvalidConfigurationException">A file of <paramref name="mesh"/> cannot be used.</exception>
    public static IServiceCollection AddNotifications(
        this IServiceCollection services,
        NotificationOptions options,
        MeshOptions? mesh = null
    ) =>
        services
            .AddSingleton(options)
            .AddMesh(mesh ?? new MeshOptions())
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
            .AddSingleton<PlacesOfAction>()
            .AddSingleton<OtherSubscriptions>()
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

    private static IServiceCollection AddMesh(this IServiceCollection services, MeshOptions options)
    {
        services.AddSingleton(options).AddSingleton<MessageTracking>();
        if (options.Url.Length > 0)
        {
            var access = MeshAccess.Read(options);
            services.AddSingleton<IMeshTransport>(s =>
            {
                var time = s.GetRequiredService<TimeProvider>();
                return new MeshTransport(
                    new MeshClient(access, time),
                    options,
                    time,
                    s.GetRequiredService<ILogger<MeshTransport>>()
                );
            });
        }

        return services.AddSingleton(s => new MeshChannel(
            s.GetService<IMeshTransport>(),
            options,
            s.GetRequiredService<IRecordStore>(),
            s.GetRequiredService<IOccurrenceStore>(),
            s.GetRequiredService<IOrganisationDirectory>(),
            s.GetRequiredService<TimeProvider>()
        ));
    }
}
