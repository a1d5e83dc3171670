using CpIs.Fhir.Conformance.Artefacts;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>What the profiles are served from. All of it is read when it is first asked for, so that a server that nobody asks holds none.</summary>
internal static class ProfileServices
{
    public static void AddProfiles(this IServiceCollection services)
    {
        services.AddSingleton(_ => ArtefactSet.Own());
        services.AddSingleton<ExampleLibrary>();
        services.AddSingleton<PublishedPackage>();
        services.AddSingleton<ArtefactPages>();
    }
}
