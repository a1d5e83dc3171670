using System.Collections.Concurrent;
using System.Reflection;
using ArchUnitNET.Loader;

namespace CpIs.Fhir.Architecture.Tests;

/// <summary>The projects of <c>src</c>, as they were built.</summary>
internal static class House
{
    private static readonly ConcurrentDictionary<Assembly, Lazy<ArchUnitNET.Domain.Architecture>> Architectures = new();

    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        Named("CpIs.Fhir.Core"),
        Named("CpIs.Fhir.Conformance"),
        Named("CpIs.Fhir.Synthetic"),
        Named("CpIs.Fhir.Storage.MongoDb"),
        Named("CpIs.Fhir.Storage.Sqlite"),
        Named("CpIs.Fhir.Server"),
        Named("cpis"),
    ];

    public static Assembly Named(string name) => Assembly.Load(name);

    /// <summary>The types of one assembly without those of what it uses; read once.</summary>
    public static ArchUnitNET.Domain.Architecture Loaded(Assembly assembly) =>
        Architectures.GetOrAdd(assembly, a => new(() => new ArchLoader().LoadAssembly(a).Build())).Value;
}
