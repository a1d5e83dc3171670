using CpIs.Fhir.Core.Quality;

namespace CpIs.Fhir.Server.Quality;

/// <summary>What makes the data-quality reports, and reads them.</summary>
internal static class QualityServices
{
    /// <summary>Needs the ports of the store, <c>ServerLeases</c>, <c>RetentionPace</c>, <c>IOrganisationDirectory</c>, <c>IdGenerator</c> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddQuality(this IServiceCollection services) =>
        services.AddSingleton<QualityReports>().AddSingleton<QualityRun>().AddHostedService<QualityService>();
}
