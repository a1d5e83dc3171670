using System.Reflection;

namespace CpIs.Fhir.Architecture.Tests;

/// <summary>The projects of <c>src</c>, as they were built.</summary>
internal static class House
{
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        Named("CpIs.Fhir.Core"),
        Named("CpIs.Fhir.Conformance"),
        Named("CpIs.Fhir.Storage.MongoDb"),
        Named("CpIs.Fhir.Storage.Sqlite"),
        Named("CpIs.Fhir.Server"),
        Named("cpis"),
    ];

    public static Assembly Named(string name) => Assembly.Load(name);
}
