namespace CpIs.Fhir.Conformance.Packages;

/// <summary>A resource that goes into a package.</summary>
/// <param name="Path">Below <c>package/</c>: <c>StructureDefinition-CPIS-Flag.json</c>, or <c>example/Flag-a.json</c>.</param>
/// <param name="Json">The resource, as it is to be read.</param>
public sealed record PackageFile(string Path, ReadOnlyMemory<byte> Json);
