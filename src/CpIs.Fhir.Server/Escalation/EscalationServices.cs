using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Escalation;
using CpIs.Fhir.Core.Leases;

namespace CpIs.Fhir.Server.Escalation;

/// <summary>What makes sure that no authority stays untold unseen: alarms, metrics and, where it is set up, e-mail.</summary>
internal static class EscalationServices
{
    /// <summary>
    /// Needs the ports of the store, <c>Worklist</c>, <c>PlacesOfAction</c>, <see cref="ServerLeases"/>, <c>IOrganisationDirectory</c>, <see cref="IdGenerator"/> and <see cref="TimeProvider"/>.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">The password file cannot be used.</exception>
    public static IServiceCollection AddEscalation(this IServiceCollection services, EmailOptions options)
    {
        services
            .AddSingleton<UntoldGauges>()
            .AddSingleton<ChannelLimits>()
            .AddSingleton<IUntoldObserver, UntoldLog>()
            .AddSingleton<UntoldWatch>()
            .AddEachMinute<UntoldWatch>()
            .AddSingleton<PlaceChanges>()
            .AddEachMinute<PlaceChanges>()
            .AddSingleton<RegisterGauges>()
            .AddSingleton<IStaleObserver, StaleLog>()
            .AddSingleton<StaleWatch>()
            .AddEachMinute<StaleWatch>();
        if (!options.IsOn)
            return services;
        var password = EmailPassword.Read(options);
        return services
            .AddSingleton(options)
            .AddSingleton<IMailSender>(s => new SmtpSender(
                options,
                password,
                s.GetRequiredService<IdGenerator>(),
                s.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<IMailObserver, MailLog>()
            .AddSingleton<Postbox>()
            // Each has its own: it remembers what was done, for one caller at a time.
            .AddTransient<OnceIn>()
            .AddSingleton<Reminders>()
            .AddSingleton<MorningSummaries>()
            .AddEachMinute<Reminders>()
            .AddEachMinute<MorningSummaries>();
    }

    // AddHostedService would add one of a type, and forget the others.
    private static IServiceCollection AddEachMinute<T>(this IServiceCollection services)
        where T : class, IMinuteWork =>
        services.AddSingleton<IHostedService>(s => new MinuteService(
            s.GetRequiredService<T>(),
            s.GetRequiredService<ServerLeases>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<IHostApplicationLifetime>(),
            s.GetRequiredService<ILogger<MinuteService>>()
        ));
}
