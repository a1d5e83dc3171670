using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Administration;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Audit;
using CpIs.Fhir.Server.Compression;
using CpIs.Fhir.Server.CrossOrigin;
using CpIs.Fhir.Server.DailyFiles;
using CpIs.Fhir.Server.Demo;
using CpIs.Fhir.Server.Demo.Trying;
using CpIs.Fhir.Server.Description;
using CpIs.Fhir.Server.Holdings;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.LookUps;
using CpIs.Fhir.Server.Notifications;
using CpIs.Fhir.Server.Pages;
using CpIs.Fhir.Server.Profiles;
using CpIs.Fhir.Server.Quality;
using CpIs.Fhir.Server.Records;
using CpIs.Fhir.Server.Tokens;
using CpIs.Fhir.Server.Uploads;
using CpIs.Fhir.Server.Validation;
using CpIs.Fhir.Server.Worklists;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Puts the server together: a table of contents of everything that runs in it.</summary>
internal static class ExchangeHost
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(StartupArguments.Help);
            return 0;
        }

        var (arguments, problem) = StartupArguments.Parse(args);
        if (arguments is null)
        {
            await Console.Error.WriteLineAsync($"{problem}\n\n{StartupArguments.Help}");
            return 2;
        }

        try
        {
            if (arguments.Demo)
                DemoScreen.Starting();
            await using var app = await BuildAsync(arguments, CancellationToken.None);
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (Exception cannot)
            when (cannot is InvalidConfigurationException or StoreUnavailableException or IOException)
        {
            await Console.Error.WriteLineAsync($"The server cannot start: {cannot.Message}");
            return 2;
        }
    }

    /// <summary>The whole server, not yet listening.</summary>
    /// <exception cref="InvalidConfigurationException">The settings cannot be used.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be opened.</exception>
    public static Task<WebApplication> BuildAsync(StartupArguments arguments, CancellationToken cancellation) =>
        BuildAsync(arguments, TimeProvider.System, static _ => { }, cancellation);

    /// <summary>The whole server as tests start it: the clock is theirs, and so is the last word on the services.</summary>
    /// <exception cref="InvalidConfigurationException">The settings cannot be used.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be opened.</exception>
    public static async Task<WebApplication> BuildAsync(
        StartupArguments arguments,
        TimeProvider time,
        Action<WebApplicationBuilder> adjust,
        CancellationToken cancellation
    )
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = HostArguments.WatchNothing });
        var options = builder.AddExchangeConfiguration(arguments);
        builder.AddExchangeLogging();
        await builder.Services.AddExchangeAsync(options, time, cancellation);
        if (arguments.Demo)
        {
            builder.Services.AddDemo(options.Demo);
            builder.Services.AddDescription();
        }
        else
            builder.Services.AddHostedService<NoDemoClients>().AddHostedService<FirstOperator>();
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                // Beyond its own limit Kestrel cuts the connection, and a caller that is still sending never reads why.
                // So the endpoints refuse first, at MaxBatchSize, and a body that is a little too large is read away.
                kestrel.Limits.MaxRequestBodySize = 2L * options.SizeLimits.MaxBatchSize;
                kestrel.Limits.MaxRequestLineSize = 4 * RequestTarget.Longest;
            });

        adjust(builder);

        var app = builder.Build();
        app.UseMiddleware<FailureMiddleware>();
        app.UseMiddleware<RequestIdentityMiddleware>();
        app.UseMiddleware<OutcomeMiddleware>();
        app.UseCompression();
        app.UseRouting();
        app.UseCrossOrigin();
        app.UseAdmission();

        app.MapHealth();
        app.MapTokenEndpoint();
        app.MapWebhookKeys();
        app.MapAdministration();
        app.MapApprovals();
        app.MapNumbers();
        app.MapHome(arguments.Demo);
        app.MapPageAssets();
        app.MapValidatePage();
        app.MapProfiles();
        if (arguments.Demo)
        {
            app.MapDescription();
            app.MapTrying();
        }

        if (arguments.Bench)
            app.MapBench();

        var fhir = app.MapGroup(ExchangeUrls.FhirPath);
        fhir.MapBase();
        fhir.MapMetadata();
        fhir.MapSmartConfiguration();
        fhir.MapUploads();
        fhir.MapDailyFiles();
        fhir.MapReconciliations();
        fhir.MapHoldings();
        fhir.MapWrites();
        fhir.MapProtection();
        fhir.MapLookUps();
        fhir.MapAuditEvents();
        fhir.MapRecords();
        fhir.MapHistory();
        fhir.MapValidate();
        fhir.MapArtefacts();
        fhir.MapSubscriptions();
        fhir.MapSubscriptionOperations();
        fhir.MapWorklists();
        fhir.MapQuality();
        app.RequireStatements();
        return app;
    }
}
