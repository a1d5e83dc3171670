using System.Text.Json;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>The definitions of a package, for comparing it with another.</summary>
/// <param name="Version">Version of the package.</param>
/// <param name="Artefacts">The resources by what names them over time: type and canonical, or type and id. Examples are left out.</param>
internal sealed record PackageContent(PackageVersion Version, IReadOnlyDictionary<string, JsonElement> Artefacts)
{
    /// <summary>Reads a package file.</summary>
    /// <exception cref="CannotRunException">It is none.</exception>
    public static PackageContent OfFile(string path)
    {
        if (FhirPackage.Read(path).IsRefused(out var refusal, out var package))
            throw new CannotRunException(refusal.Issues[0].Diagnostics);
        return Of(package.Manifest.Version, package.Resources.Select(resource => Parse(resource.Json)));
    }

    /// <summary>The definitions as they are in a folder now.</summary>
    public static PackageContent OfFolder(ProfilesFolder folder) =>
        Of(
            FolderPackage.Manifest(folder).Version,
            Directory.EnumerateFiles(folder.Built, "*.json").Select(file => Parse(File.ReadAllBytes(file)))
        );

    /// <summary>A version and its resources.</summary>
    /// <exception cref="CannotRunException">It is not a version.</exception>
    public static PackageContent Of(string version, IEnumerable<JsonElement> resources) =>
        new(
            PackageVersion.TryParse(version, out var parsed)
                ? parsed!
                : throw new CannotRunException($"'{version}' is not a version (major.minor.patch)."),
            // Packages of others may hold a definition in two versions; the last counts.
            resources.GroupBy(Key, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last())
        );

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static string Key(JsonElement resource)
    {
        // Extensions and profiles are named by canonical in instances, a NamingSystem has none in R4.
        return $"{resource.Text("resourceType")} {resource.Text("url") ?? resource.Text("id")}";
    }
}
