using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Holdings;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>What daily files stand on.</summary>
internal static class DailyFileServices
{
    public static void AddDailyFiles(this IServiceCollection services) =>
        services
            .AddSingleton<DailyFilePulse>()
            .AddSingleton<DailyFileIntake>()
            .AddSingleton<DailyFileTrial>()
            .AddSingleton<DailyFileWork>()
            .AddSingleton<DailyFileDesk>()
            .AddSingleton<EndMissing>()
            .AddSingleton<ReconciliationRows>()
            .AddSingleton<ReconciliationDesk>()
            .AddSingleton<HoldingsWalk>()
            .AddHostedService<DailyFileService>();
}
