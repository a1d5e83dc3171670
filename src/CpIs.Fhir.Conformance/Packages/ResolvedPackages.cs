using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>Packages that were named, with those that they need.</summary>
/// <param name="Packages">What was read, each once; a package is after those that it needs, unless they need each other.</param>
/// <param name="Missing">What is needed and was not found. Profiles that stand on it cannot be checked in full.</param>
/// <param name="Problems">What was found and cannot be used, and why, for a person.</param>
public sealed record ResolvedPackages(
    IReadOnlyList<FhirPackage> Packages,
    IReadOnlyList<MissingPackage> Missing,
    IReadOnlyList<string> Problems
)
{
    /// <summary>The definitions in the packages.</summary>
    public DefinitionLayer Layer() =>
        new([
            .. Packages
                .SelectMany(package => package.Resources)
                .Where(resource => resource.Url is not null)
                .Where(resource => resource.ResourceType is "StructureDefinition" or "ValueSet" or "CodeSystem")
                .Select(resource => new DefinitionEntry(
                    resource.ResourceType,
                    resource.Url!,
                    resource.Version,
                    () => resource.Json
                )),
        ]);
}

/// <summary>A package that is needed and was not found.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The version that is asked for.</param>
/// <param name="NeededBy">The package that asks, with its version.</param>
public sealed record MissingPackage(string Name, string Version, string NeededBy)
{
    /// <summary>For a person.</summary>
    public override string ToString() => $"{Name}#{Version}, which {NeededBy} needs, was not found";
}
