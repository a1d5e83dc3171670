using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>
/// Finds the packages that packages need: next to the one that asks, in the folders given, and in the package cache. Nothing is fetched
/// from a registry. FHIR's own core package is never needed, for its definitions are in this assembly.
/// </summary>
/// <param name="folders">Where to look: folders that hold <c>.tgz</c> files or unpacked packages.</param>
/// <param name="cache">The package cache; null for <c>~/.fhir/packages</c>.</param>
/// <param name="limits">How large a package may be; null for the usual.</param>
public sealed class PackageResolver(
    IReadOnlyList<string>? folders = null,
    string? cache = null,
    PackageLimits? limits = null
)
{
    private const string Core = "hl7.fhir.r4.core";

    private readonly string _cache =
        cache ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".fhir", "packages");

    /// <summary>Reads packages and those that they need.</summary>
    /// <param name="paths">Files or folders, as <see cref="FhirPackage.Read(string, bool, PackageLimits?)"/> takes them.</param>
    /// <param name="cancellation">Ends the reading between two packages.</param>
    /// <exception cref="IOException">The file system failed.</exception>
    public ResolvedPackages Resolve(IEnumerable<string> paths, CancellationToken cancellation = default)
    {
        var found = new HashSet<string>();
        var order = new List<FhirPackage>();
        var missing = new List<MissingPackage>();
        var problems = new List<string>();
        var open = new Stack<(FhirPackage Package, string Path, bool IsDone)>();
        foreach (var path in paths)
            Take(path);

        while (open.TryPop(out var next))
        {
            cancellation.ThrowIfCancellationRequested();
            if (next.IsDone)
            {
                order.Add(next.Package);
                continue;
            }

            open.Push((next.Package, next.Path, true));
            foreach (var (name, version) in next.Package.Manifest.Dependencies)
                if (name != Core && found.Add($"{name}#{version} asked"))
                {
                    if (Locate(name, version, next.Path) is { } path)
                        Take(path);
                    else
                        missing.Add(new MissingPackage(name, version, next.Package.Manifest.ToString()));
                }
        }

        return new ResolvedPackages(order, missing, problems);

        void Take(string path)
        {
            if (FhirPackage.Read(path, limits: limits).IsRefused(out var refusal, out var package))
                problems.AddRange(refusal.Issues.Select(issue => issue.Diagnostics));
            else if (package.Manifest.FhirVersions.FirstOrDefault(v => !IsR4(v)) is { } other && !HasR4(package))
                problems.Add($"Package {package.Manifest} is made for FHIR {other}; only R4 (4.0.x) can be used.");
            else if (package.Manifest.Name != Core && found.Add($"{package.Manifest} read"))
                open.Push((package, path, false));
        }
    }

    private static bool HasR4(FhirPackage package) => package.Manifest.FhirVersions.Any(IsR4);

    private static bool IsR4(string version) =>
        version == "4.0" || version.StartsWith("4.0.", StringComparison.Ordinal);

    private string? Locate(string name, string version, string beside)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(beside).TrimEnd(Path.DirectorySeparatorChar));
        // An unpacked package may have been named by its folder "package", which is one deeper.
        string?[] around = [folder, folder is null ? null : Path.GetDirectoryName(folder)];
        foreach (var place in around.OfType<string>().Concat(folders ?? []).Append(_cache))
            if (LocateIn(place, name, version) is { } path)
                return path;
        return null;
    }

    private static string? LocateIn(string place, string name, string version)
    {
        if (!Directory.Exists(place))
            return null;
        return Directory
            .EnumerateFileSystemEntries(place, name + "*")
            .Select(path => (Path: path, Version: VersionOf(path, name)))
            .Where(candidate => candidate.Version is not null && Meets(candidate.Version, version))
            .OrderByDescending(candidate => candidate.Version, VersionOrder.Comparer)
            .ThenBy(candidate => candidate.Path, StringComparer.Ordinal)
            .Select(candidate => candidate.Path)
            .FirstOrDefault();
    }

    /// <summary>The version in <c>name#version</c>, <c>name#version.tgz</c> or <c>name-version.tgz</c>; null for another package.</summary>
    private static string? VersionOf(string path, string name)
    {
        var file = Path.GetFileName(path);
        if (file.Length <= name.Length + 1 || file[name.Length] is not ('#' or '-'))
            return null;
        if (file.EndsWith(".tgz", StringComparison.Ordinal))
            return file[(name.Length + 1)..^4];
        return file[name.Length] == '#' ? file[(name.Length + 1)..] : null;
    }

    /// <summary>Whether a version is the one that is asked for: exactly, as <c>4.0.x</c>, or any for <c>latest</c>.</summary>
    private static bool Meets(string version, string wanted) =>
        wanted is "latest" or "x" or "*"
        || version == wanted
        || wanted.EndsWith(".x", StringComparison.Ordinal) && VersionOrder.IsWithin(version, wanted.AsSpan()[..^2]);
}
