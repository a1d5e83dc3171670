using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>The FHIR package of a folder of profiles.</summary>
internal static class FolderPackage
{
    /// <summary>What the package says of itself.</summary>
    /// <exception cref="CannotRunException">The folder has no ImplementationGuide, or several.</exception>
    public static PackageManifest Manifest(ProfilesFolder folder) =>
        ProfilePackage
            .Manifest(
                Json(folder.Built)
                    .Select(file =>
                        (Path.GetFileName(file), (Func<ReadOnlyMemory<byte>>)(() => File.ReadAllBytes(file)))
                    )
            )
            .IsRefused(out var refusal, out var manifest)
            ? throw new CannotRunException($"{folder.Built}: {refusal.Issues[0].Diagnostics} Run cpis profiles build.")
            : manifest;

    /// <summary>Definitions and examples, as they go into the package.</summary>
    public static IReadOnlyList<PackageFile> Files(ProfilesFolder folder) =>
        [
            .. Json(folder.Built)
                .Select(file => ProfilePackage.Definition(Path.GetFileName(file), File.ReadAllBytes(file))),
            .. Json(folder.Examples)
                .Select(file => ProfilePackage.Example(Path.GetFileName(file), File.ReadAllBytes(file))),
        ];

    private static IEnumerable<string> Json(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json") : [];
}
