using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Conformance.Tests.Definitions;

/// <summary>FHIR's core package, from the specification.zip that NuGet puts next to the tests. Read once: it takes some seconds.</summary>
internal static class CorePackage
{
    public static string Zip { get; } = Path.Combine(AppContext.BaseDirectory, "specification.zip");

    private static readonly Lazy<FhirPackage> Package = new(() => FhirPackage.Read(Zip).Value);

    public static FhirPackage Read() => Package.Value;
}
