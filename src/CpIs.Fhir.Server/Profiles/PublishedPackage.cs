using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Server.Profiles;

/// <summary>The FHIR package that this server was built with: the same bytes as <c>cpis profiles pack</c> gives.</summary>
internal sealed class PublishedPackage
{
    private readonly Lazy<byte[]> _bytes;

    public PublishedPackage() => _bytes = new Lazy<byte[]>(Make);

    /// <summary>What it says of itself.</summary>
    public PackageManifest Manifest { get; } =
        ProfilePackage
            .Manifest(
                OwnDefinitions
                    .Names()
                    .Select(name => (name, (Func<ReadOnlyMemory<byte>>)(() => OwnDefinitions.Read(name))))
            )
            .Value;

    /// <summary>Name of its file, such as <c>cpis.fhir.r4-0.2.0.tgz</c>.</summary>
    public string FileName => $"{Manifest.Name}-{Manifest.Version}.tgz";

    /// <summary>The file. It is made when it is first asked for, and kept: about 200 KB.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.Value;

    private byte[] Make()
    {
        using var package = new MemoryStream();
        PackageWriter.Write(
            package,
            Manifest,
            [
                .. OwnDefinitions.Files().Select(file => ProfilePackage.Definition(file.Name, file.Json)),
                .. ExampleLibrary.GoodFiles().Select(file => ProfilePackage.Example(file.Name, file.Json)),
            ]
        );
        return package.ToArray();
    }
}
