using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>A FHIR package, read into memory. Nothing of it is ever written to disk.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Resources">Its resources, in the order of their paths; with examples only when they were asked for.</param>
public sealed record FhirPackage(PackageManifest Manifest, IReadOnlyList<PackageResource> Resources)
{
    /// <summary>
    /// Reads a package: a <c>.tgz</c>, a folder of the package cache (<c>name#version</c>), the folder <c>package</c> in it, or FHIR's own
    /// definitions as <c>specification.zip</c> or the unpacked NuGet package that brings it.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="withExamples">Whether to read <c>package/examples</c> (or <c>example</c>, as some write it) too.</param>
    /// <param name="limits">How large it may be; null for the usual.</param>
    /// <returns>The package, or why it cannot be read: with the entry, where one is to blame.</returns>
    /// <exception cref="IOException">The file system failed.</exception>
    public static Result<FhirPackage> Read(string path, bool withExamples = false, PackageLimits? limits = null)
    {
        if (FolderOf(path) is { } folder)
            return PackageFolder.Read(folder, withExamples, limits ?? new PackageLimits());
        if (SpecificationZip.Find(path) is { } specification)
            return SpecificationZip.Read(specification, limits ?? new PackageLimits());
        if (!File.Exists(path))
            return PackageText.Refuse(path, null, "the file or package folder does not exist");
        using var stream = File.OpenRead(path);
        return Read(stream, path, withExamples, limits);
    }

    /// <summary>Reads a package from a <c>.tgz</c>.</summary>
    /// <param name="tgz">The archive.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="withExamples">Whether to read <c>package/examples</c> (or <c>example</c>, as some write it) too.</param>
    /// <param name="limits">How large it may be; null for the usual.</param>
    public static Result<FhirPackage> Read(
        Stream tgz,
        string name,
        bool withExamples = false,
        PackageLimits? limits = null
    ) => PackageArchive.Read(tgz, name, withExamples, limits ?? new PackageLimits());

    private static string? FolderOf(string path)
    {
        if (File.Exists(Path.Combine(path, "package", "package.json")))
            return Path.Combine(path, "package");
        return File.Exists(Path.Combine(path, "package.json")) ? path : null;
    }
}
