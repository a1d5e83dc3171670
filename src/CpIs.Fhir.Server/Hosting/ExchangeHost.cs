using CpIs.Fhir.Core;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.Hosting.Server;

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
            await Console.Error.WriteLineAsync(problem);
            await Console.Error.WriteLineAsync(StartupArguments.Help);
            return 2;
        }

        await using var app = Build(arguments);
        await app.RunAsync();
        return 0;
    }

    /// <summary>The whole server, not yet listening. Tests start it this way too.</summary>
    public static WebApplication Build(StartupArguments arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var options = builder.AddExchangeConfiguration(arguments);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = options.SizeLimits.MaxBatchSize;
            });

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IdGenerator>();
        builder.Services.AddSingleton(options.LookUp);
        builder.Services.AddSingleton<LookUpService>();
        builder.Services.AddSingleton(services => new ExchangeUrls(
            services.GetRequiredService<IServer>(),
            options.PublicBaseUrl
        ));

        var app = builder.Build();
        app.UseMiddleware<FailureMiddleware>();
        app.UseMiddleware<RequestIdentityMiddleware>();
        return app;
    }
}
