using System.Text.Json;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>Makes the FHIR package of a folder of profiles.</summary>
internal static class ProfilePackage
{
    /// <summary>What the package says of itself: what its ImplementationGuide says.</summary>
    /// <exception cref="CannotRunException">There is no such resource.</exception>
    public static PackageManifest Manifest(ProfilesFolder folder)
    {
        var file =
            Directory.EnumerateFiles(folder.Built, "ImplementationGuide-*.json").SingleOrDefault()
            ?? throw new CannotRunException($"{folder.Built} has no ImplementationGuide: run cpis profiles build.");
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var guide = document.RootElement;
        string Text(string name) => guide.GetProperty(name).GetString()!;
        var url = Text("url");
        return new PackageManifest(Text("packageId"), Text("version"))
        {
            Type = "IG",
            FhirVersions = [.. guide.GetProperty("fhirVersion").EnumerateArray().Select(v => v.GetString()!)],
            Dependencies = guide
                .GetProperty("dependsOn")
                .EnumerateArray()
                .ToDictionary(d => d.GetProperty("packageId").GetString()!, d => d.GetProperty("version").GetString()!),
            Canonical = url[..url.IndexOf("/ImplementationGuide/", StringComparison.Ordinal)],
            Url = url[..url.IndexOf("/ImplementationGuide/", StringComparison.Ordinal)],
            Title = Text("title"),
            Description = Text("description"),
            License = Text("license"),
            Author = Text("publisher"),
            Jurisdiction = "urn:iso:std:iso:3166#GB",
            // From the guide and not from the clock: the same content is the same file.
            Date = Text("date").Replace("-", "", StringComparison.Ordinal) + "000000",
        };
    }

    /// <summary>Definitions and examples, as they go into the package.</summary>
    public static IReadOnlyList<PackageFile> Files(ProfilesFolder folder) =>
        [.. Of(folder.Built, ""), .. Directory.Exists(folder.Examples) ? Of(folder.Examples, "example/") : []];

    private static IEnumerable<PackageFile> Of(string folder, string below) =>
        Directory
            .EnumerateFiles(folder, "*.json")
            .Select(file => new PackageFile(below + Path.GetFileName(file), File.ReadAllBytes(file)));
}
