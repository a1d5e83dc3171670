using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Limits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Retention;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Core.Worklists;

namespace CpIs.Fhir.Server.Hosting.Stores;

/// <summary>The ports of the open store, each by its own name, so that everything asks for no more than it needs.</summary>
internal static class StoreServices
{
    public static IServiceCollection AddStore(this IServiceCollection services, IExchangeStore store) =>
        services
            // Through a factory, so that the container closes the store when the server stops.
            .AddSingleton(_ => store)
            .AddSingleton<IRecordStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IOccurrenceStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IAttemptStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IWorklistStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IRegistrationStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IKeyStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<INotificationStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<ILeaseStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IRetentionStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IDailyFileStore>(p => p.GetRequiredService<IExchangeStore>())
            .AddSingleton<IUseLedger>(p => p.GetRequiredService<IExchangeStore>());
}
