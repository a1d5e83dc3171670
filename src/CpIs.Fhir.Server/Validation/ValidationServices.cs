using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Server.Validation;

/// <summary>The validator in the server: before each write, at <c>$validate</c>, and on the page <c>/validate</c>.</summary>
internal static class ValidationServices
{
    public static void AddValidation(this IServiceCollection services, ValidationOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => ConformanceSet.CoreAndOurs());
        services.AddSingleton(p => new ValidationDesk(
            p.GetRequiredService<ConformanceSet>(),
            Math.Max(1, Environment.ProcessorCount / 2)
        ));
        services.AddSingleton<PageReading>();
        services.AddSingleton<IWriteCheck, WriteValidation>();
    }
}
