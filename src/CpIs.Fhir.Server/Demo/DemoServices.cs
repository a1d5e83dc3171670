namespace CpIs.Fhir.Server.Demo;

/// <summary>The demo as part of the server, under <c>--demo</c> only.</summary>
internal static class DemoServices
{
    public static void AddDemo(this IServiceCollection services, DemoOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<DemoRun>();
        services.AddHostedService<DemoService>();
    }
}
