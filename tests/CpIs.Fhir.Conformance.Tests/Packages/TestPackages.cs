using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace CpIs.Fhir.Conformance.Tests.Packages;

/// <summary>Archives and cache folders that a test makes, good and bad, in a folder of its own.</summary>
internal sealed class TestPackages : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("cpis-packages-").FullName;

    public void Dispose() => Directory.Delete(Folder, true);

    public static string Manifest(string name, string version, string fhir = "4.0.1", params string[] dependencies)
    {
        var needs = string.Join(',', dependencies.Select(d => $"\"{d.Split('#')[0]}\":\"{d.Split('#')[1]}\""));
        return $$"""{"name":"{{name}}","version":"{{version}}","fhirVersions":["{{fhir}}"],"dependencies":{ {{needs}} } }""";
    }

    /// <summary>Writes an archive and gives its path.</summary>
    public string Archive(string file, params (string Path, string Text)[] entries) =>
        Write(file, Tgz([.. entries.Select(e => Entry(e.Path, Encoding.UTF8.GetBytes(e.Text)))]));

    public string Write(string file, byte[] bytes)
    {
        var path = Path.Combine(Folder, file);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Lays a package out as the package cache does, and gives the path of its folder.</summary>
    public string Unpacked(string folder, params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(Folder, folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        return Path.Combine(Folder, folder);
    }

    public static TarEntry Entry(string path, byte[] bytes) =>
        new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(bytes) };

    public static byte[] Tgz(params TarEntry[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionLevel.SmallestSize, true))
        using (var tar = new TarWriter(zipped))
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        return bytes.ToArray();
    }
}
