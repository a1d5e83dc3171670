using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Admission;

namespace CpIs.Fhir.Server.LookUps;

/// <summary>What look-ups stand on.</summary>
internal static class LookUpServices
{
    public static void AddLookUps(this IServiceCollection services, LookUpOptions options, ProtectedOptions protection)
    {
        services.AddSingleton(options);
        services.AddSingleton(protection);
        services.AddSingleton<ThrottledLookUps>();
        services.AddSingleton<LookUpService>();
        services.AddSingleton<LookUpDesk>();
        services.AddSingleton<ILookUpRefusals>(p => p.GetRequiredService<LookUpDesk>());
    }
}
