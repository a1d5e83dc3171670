using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace CpIs.Fhir.Conformance.Packages;

/// <summary>
/// Writes a FHIR package (<c>.tgz</c>) in the layout of the FHIR NPM package specification: <c>package/package.json</c>, resources in
/// <c>package/</c>, examples in <c>package/examples/</c>, and an <c>.index.json</c> in each folder. The same content gives the same bytes.
/// </summary>
public static class PackageWriter
{
    private const string Root = "package/";
    private const int LongestName = 100;

    /// <summary>The time of every entry: the one that npm gives, so that bytes depend on content alone.</summary>
    private static readonly DateTimeOffset Time = new(1985, 10, 26, 8, 15, 0, TimeSpan.Zero);

    /// <summary>Writes a package.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="manifest">What the package says of itself.</param>
    /// <param name="files">Its resources, in any order.</param>
    /// <exception cref="ArgumentException">A path stands twice, is none below <c>package/</c>, or a file is not the JSON of an object.</exception>
    public static void Write(Stream output, PackageManifest manifest, IEnumerable<PackageFile> files)
    {
        var sorted = files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        Check(sorted);
        var entries = new List<PackageFile> { new("package.json", ManifestJson.Write(manifest)) };
        foreach (var folder in sorted.GroupBy(file => Folder(file.Path)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            entries.Add(new PackageFile(folder.Key + ".index.json", PackageIndex.Write(folder)));
            entries.AddRange(folder);
        }

        using var zipped = new GZipStream(output, CompressionLevel.SmallestSize, true);
        using var tar = new TarWriter(zipped, TarEntryFormat.Ustar);
        foreach (var entry in entries)
            tar.WriteEntry(
                new UstarTarEntry(TarEntryType.RegularFile, Root + entry.Path)
                {
                    DataStream = new MemoryStream(entry.Json.ToArray(), false),
                    ModificationTime = Time,
                    Mode = (UnixFileMode)0b110_100_100, // rw-r--r--
                }
            );
    }

    private static void Check(List<PackageFile> sorted)
    {
        for (var at = 0; at < sorted.Count; at++)
        {
            var path = sorted[at].Path;
            if (at > 0 && sorted[at - 1].Path == path)
                throw new ArgumentException($"{path} occurs twice in the package.");
            if (
                !path.EndsWith(".json", StringComparison.Ordinal)
                || path is "package.json"
                || path.EndsWith(".index.json", StringComparison.Ordinal)
                || path.Split('/').Any(part => part is "" or "." or "..")
                || Encoding.UTF8.GetByteCount(Root + path) > LongestName
            )
                throw new ArgumentException(
                    $"{path} is not the path of a resource in a package. Allowed: a .json file under package/, with a path of at most {LongestName} bytes."
                );
            if (!IsResource(sorted[at].Json))
                throw new ArgumentException($"{path} is not the JSON of a resource.");
        }
    }

    private static bool IsResource(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("resourceType", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Folder(string path) => path[..(path.LastIndexOf('/') + 1)];
}
