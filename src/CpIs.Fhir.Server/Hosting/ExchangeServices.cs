using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Core.Stores;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Administration;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Compression;
using CpIs.Fhir.Server.CrossOrigin;
using CpIs.Fhir.Server.DailyFiles;
using CpIs.Fhir.Server.Escalation;
using CpIs.Fhir.Server.Hosting.Stores;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.LookUps;
using CpIs.Fhir.Server.Notifications;
using CpIs.Fhir.Server.Profiles;
using CpIs.Fhir.Server.Quality;
using CpIs.Fhir.Server.Records;
using CpIs.Fhir.Server.Retention;
using CpIs.Fhir.Server.Security;
using CpIs.Fhir.Server.Uploads;
using CpIs.Fhir.Server.Validation;
using CpIs.Fhir.Server.Worklists;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Everything that the journeys stand on.</summary>
internal static class ExchangeServices
{
    /// <exception cref="InvalidConfigurationException">A key file cannot be used; the message says why.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be opened; the message says what to do.</exception>
    public static async Task AddExchangeAsync(
        this IServiceCollection services,
        ExchangeOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        services.AddStore(await StoreOpening.OpenAsync(options, time, cancellation));

        services.AddSingleton(options);
        services.AddSingleton(time);
        services.AddSingleton<IdGenerator>();
        services.AddSingleton<ServerLeases>();
        services.AddSingleton(p => new ExchangeUrls(p.GetRequiredService<IServer>(), options.PublicBaseUrl));
        services.Configure<RouteOptions>(routes => routes.SetParameterPolicy<FhirIdConstraint>(FhirIdConstraint.Name));
        services.AddSingleton<Addresses>();
        services.AddSingleton<NotServed>();
        // Nothing here needs it, but the authentication services bring it: without this it would write keys to a home folder.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddSingleton<Paging>();
        services.AddSingleton<KeptXml>();
        services.AddSingleton<Readiness>();
        services.AddSingleton(p => new WriteCheck(
            p.GetRequiredService<IExchangeStore>().CheckWritableAsync,
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddHostedService<WarmUp>();
        services.AddHostedService<Draining>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownGrace + Draining.Longest);

        services.AddExchangeSecurity(options.Security);
        services.AddNotifications(options.Notifications, options.Mesh);
        services.AddWorklists();
        services.AddEscalation(options.Email);
        services.AddRetention(options.Retention);
        services.AddQuality();
        services.AddAdmission();
        services.AddCrossOrigin(options.Cors);
        services.AddCompression();
        services.AddLookUps(options.LookUp, options.Protected);
        services.AddSingleton<RecordedReads>();
        services.AddSingleton<RegistrationWriter>();
        services.AddSingleton<NumberChanges>();
        services.AddSingleton<Approvals>();
        services.AddSingleton(options.BundleOptions);
        services.AddSingleton(
            new UploadOptions
            {
                MaximumBytes = options.SizeLimits.MaxBatchSize,
                MaximumEntries = options.SizeLimits.MaxBatchEntries,
                TakesProtectedMarks = options.Protected.HasPhone,
            }
        );
        services.AddValidation(options.Validation);
        services.AddProfiles();
        services.AddSingleton<IUploadAlarms, UploadAlarms>();
        services.AddSingleton<LoadedUploads>();
        services.AddSingleton<TransactionUpload>();
        services.AddDailyFiles();
        services.AddSingleton<Inclusion>();
        services.AddSingleton<SingleUpload>();
        services.AddSingleton<PlanDeletion>();
        services.AddSingleton<ProtectedPlans>();
        services.AddSingleton<WriteDesk>();
        services.AddSingleton<RecordHistory>();
        services.AddSingleton(_ => new UploadPlaces(options.SizeLimits.ConcurrentUploads));
    }
}
