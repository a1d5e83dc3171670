using CpIs.Fhir.Core.Retention;

namespace CpIs.Fhir.Server.Retention;

/// <summary>What removes things when they have been kept long enough.</summary>
internal static class RetentionServices
{
    /// <summary>Needs the ports of the store, <c>ServerLeases</c>, <c>IOrganisationDirectory</c>, <c>IdGenerator</c> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services, RetentionOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton(RetentionPace.Gentle)
            .AddSingleton<RetentionRecord>()
            .AddSingleton<RetentionRun>()
            .AddHostedService<RetentionService>();
}
