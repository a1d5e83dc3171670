using CpIs.Fhir.Core;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Notifications;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Uploads;
using CpIs.Fhir.Storage.Sqlite;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Everything that the journeys stand on.</summary>
internal static class ExchangeServices
{
    /// <exception cref="InvalidConfigurationException">The key file cannot be used; the message says why.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be opened; the message says what to do.</exception>
    public static async Task AddExchangeAsync(
        this IServiceCollection services,
        ExchangeOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var protection = await StoreProtection.ReadAsync(options.Protection, cancellation);
        var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Directory = options.SqliteDbOptions.Directory, Protection = protection },
            time,
            cancellation
        );
        // Through factories, so that the container closes the store when the server stops.
        services.AddSingleton(_ => store);
        services.AddSingleton<IRecordStore>(p => p.GetRequiredService<SqliteStore>());
        services.AddSingleton<IOccurrenceStore>(p => p.GetRequiredService<SqliteStore>());
        services.AddSingleton<IRegistrationStore>(p => p.GetRequiredService<SqliteStore>());
        services.AddSingleton<INotificationStore>(p => p.GetRequiredService<SqliteStore>());

        services.AddSingleton(options);
        services.AddSingleton(time);
        services.AddSingleton<IdGenerator>();
        services.AddSingleton(p => new ExchangeUrls(p.GetRequiredService<IServer>(), options.PublicBaseUrl));
        services.Configure<RouteOptions>(routes => routes.SetParameterPolicy<FhirIdConstraint>(FhirIdConstraint.Name));
        // Nothing here needs it, but the authentication services bring it: without this it would write keys to a home folder.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddSingleton<Paging>();
        services.AddSingleton<Readiness>();
        services.AddSingleton(p => new WriteCheck(
            p.GetRequiredService<SqliteStore>().CheckWritableAsync,
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddHostedService<WarmUp>();

        services.AddExchangeSecurity(options.Security);
        services.AddNotifications(options.Notifications);
        services.AddSingleton(options.LookUp);
        services.AddSingleton<LookUpService>();
        services.AddSingleton(
            new UploadOptions
            {
                MaximumBytes = options.SizeLimits.MaxBatchSize,
                MaximumEntries = options.SizeLimits.MaxBatchEntries,
            }
        );
        services.AddSingleton<TransactionUpload>();
        services.AddSingleton(_ => new UploadPlaces(options.SizeLimits.ConcurrentUploads));
    }
}
