using System.Security.Cryptography;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>The built files and what is in them, so that a build can say what it changed.</summary>
internal sealed record BuiltFiles(IReadOnlyDictionary<string, string> Hashes)
{
    public static BuiltFiles Of(ProfilesFolder folder) =>
        new(
            Directory
                .EnumerateFiles(folder.Built, "*.json")
                .ToDictionary(
                    file => Path.GetFileName(file),
                    file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))
                )
        );

    /// <summary>Files that are new, changed or gone, by name.</summary>
    public IReadOnlyList<(string File, string Change)> ChangesTo(BuiltFiles now) =>
        [
            .. Hashes
                .Keys.Union(now.Hashes.Keys)
                .Order(StringComparer.Ordinal)
                .Where(file => Hashes.GetValueOrDefault(file) != now.Hashes.GetValueOrDefault(file))
                .Select(file =>
                    (
                        file,
                        !Hashes.ContainsKey(file) ? "new"
                        : now.Hashes.ContainsKey(file) ? "changed"
                        : "gone"
                    )
                ),
        ];
}
