using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>Makes the FHIR package of an implementation guide: the same file from the folder <c>profiles</c> and from what a server carries.</summary>
public static class ProfilePackage
{
    private const string Guide = "ImplementationGuide-";

    /// <summary>What the package says of itself: what its ImplementationGuide says.</summary>
    /// <param name="definitions">The definitions by the names of their files.</param>
    /// <returns>The manifest, or why there is none.</returns>
    public static Result<PackageManifest> Manifest(
        IEnumerable<(string Name, Func<ReadOnlyMemory<byte>> Json)> definitions
    )
    {
        var guides = definitions.Where(file => file.Name.StartsWith(Guide, StringComparison.Ordinal)).ToList();
        if (guides is not [var only])
            return Refusal.Malformed($"{guides.Count} files are called {Guide}*.json; a package has one.");
        using var document = JsonDocument.Parse(only.Json());
        var guide = document.RootElement;
        string Text(string name) => guide.GetProperty(name).GetString()!;
        var url = Text("url");
        var canonical = url[..url.IndexOf("/ImplementationGuide/", StringComparison.Ordinal)];
        return new PackageManifest(Text("packageId"), Text("version"))
        {
            Type = "IG",
            FhirVersions = [.. guide.Texts("fhirVersion")],
            Dependencies = guide
                .Items("dependsOn")
                .ToDictionary(d => d.GetProperty("packageId").GetString()!, d => d.GetProperty("version").GetString()!),
            Canonical = canonical,
            Url = canonical,
            Title = Text("title"),
            Description = Text("description"),
            License = Text("license"),
            Author = Text("publisher"),
            Jurisdiction = "urn:iso:std:iso:3166#GB",
            // From the guide and not from the clock: the same content is the same file.
            Date = Text("date").Replace("-", "", StringComparison.Ordinal) + "000000",
        };
    }

    /// <summary>Where a definition is in the package.</summary>
    public static PackageFile Definition(string name, ReadOnlyMemory<byte> json) => new(name, json);

    /// <summary>Where a good example is in the package.</summary>
    public static PackageFile Example(string name, ReadOnlyMemory<byte> json) => new("examples/" + name, json);
}
