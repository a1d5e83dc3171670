using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>The folder <c>profiles</c> of a checkout: sources, built definitions, published packages, and the examples next to it.</summary>
internal sealed class ProfilesFolder
{
    private ProfilesFolder(string path) => Path = path;

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>The definitions as JSON, made by <see cref="BuildScript"/>.</summary>
    public string Built => System.IO.Path.Combine(Path, "built");

    /// <summary>Makes <see cref="Built"/> from the sources.</summary>
    public string BuildScript => System.IO.Path.Combine(Path, "build");

    /// <summary>Packages as they were given out.</summary>
    public string Published => System.IO.Path.Combine(Path, "published");

    /// <summary>Instances that travel in the package.</summary>
    public string Examples => System.IO.Path.Combine(Path, "..", "examples", "resources");

    /// <summary>The folder that was named, or <c>profiles</c> in the current folder or one above it.</summary>
    /// <exception cref="CannotRunException">There is none.</exception>
    public static ProfilesFolder Find(string? named)
    {
        if (named is not null)
            return Directory.Exists(System.IO.Path.Combine(named, "built"))
                ? new ProfilesFolder(System.IO.Path.GetFullPath(named))
                : throw new CannotRunException($"{named} is not a folder of profiles: it has no folder 'built'.");
        for (
            var folder = new DirectoryInfo(Directory.GetCurrentDirectory());
            folder is not null;
            folder = folder.Parent
        )
            if (Directory.Exists(System.IO.Path.Combine(folder.FullName, "profiles", "built")))
                return new ProfilesFolder(System.IO.Path.Combine(folder.FullName, "profiles"));
        throw new CannotRunException(
            "no folder 'profiles' here or above. Run it in a checkout of the project, or name the folder with --profiles DIR."
        );
    }

    /// <summary>The newest package that was given out; null when there is none.</summary>
    public string? NewestPublished() =>
        Directory.Exists(Published)
            ? Directory
                .EnumerateFiles(Published, "*.tgz")
                .Select(file => (File: file, Version: VersionOf(file)))
                .Where(found => found.Version is not null)
                .OrderBy(found => found.Version)
                .Select(found => found.File)
                .LastOrDefault()
            : null;

    // cpis.fhir.r4-0.1.0.tgz
    private static PackageVersion? VersionOf(string file)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(file);
        return PackageVersion.TryParse(name[(name.LastIndexOf('-') + 1)..], out var version) ? version : null;
    }
}
