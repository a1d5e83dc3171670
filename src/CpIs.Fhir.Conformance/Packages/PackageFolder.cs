using CpIs.Fhir.Core;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>Reads the folder <c>package</c> of a package that lies unpacked, as in the package cache.</summary>
internal static class PackageFolder
{
    public static Result<FhirPackage> Read(string folder, bool withExamples, PackageLimits limits)
    {
        var text = new PackageText(folder, withExamples);
        var (bytes, entries) = (0L, 0);
        foreach (var file in Files(folder, withExamples))
        {
            var path = Path.GetRelativePath(folder, file.FullName).Replace('\\', '/');
            if (!text.Wants(path))
                continue;
            bytes += file.Length;
            if (++entries > limits.MaximumEntries)
                return PackageText.Refuse(folder, null, $"it has more than {limits.MaximumEntries} entries");
            if (file.Length > limits.MaximumEntryBytes || bytes > limits.MaximumBytes)
                return PackageText.Refuse(folder, path, "more bytes than are allowed");
            if (text.Take(path, File.ReadAllBytes(file.FullName)) is { } refusal)
                return refusal;
        }

        return text.Finish();
    }

    private static IEnumerable<FileInfo> Files(string folder, bool withExamples)
    {
        var here = new DirectoryInfo(folder).EnumerateFiles("*.json");
        foreach (var name in withExamples ? ["example", "examples"] : Array.Empty<string>())
            if (new DirectoryInfo(Path.Combine(folder, name)) is { Exists: true } examples)
                here = here.Concat(examples.EnumerateFiles("*.json"));
        return here;
    }
}
