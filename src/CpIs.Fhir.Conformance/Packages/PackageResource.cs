namespace CpIs.Fhir.Conformance.Packages;

/// <summary>A resource in a package.</summary>
/// <param name="Path">Where it stands below <c>package/</c>, such as <c>StructureDefinition-CPIS-Flag.json</c>.</param>
/// <param name="ResourceType">Its type.</param>
/// <param name="Id">Its id, where it has one.</param>
/// <param name="Url">Its canonical, where it has one.</param>
/// <param name="Version">Its business version, where it has one.</param>
/// <param name="Json">As it was published, without a byte-order mark.</param>
public sealed record PackageResource(
    string Path,
    string ResourceType,
    string? Id,
    string? Url,
    string? Version,
    ReadOnlyMemory<byte> Json
);
