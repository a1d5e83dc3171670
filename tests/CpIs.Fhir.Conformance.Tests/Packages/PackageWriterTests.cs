using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Conformance.Tests.Packages;

public sealed class PackageWriterTests
{
    private static readonly PackageManifest Manifest = new("test.cpis.one", "1.2.0")
    {
        FhirVersions = ["4.0.1"],
        Dependencies = new Dictionary<string, string> { ["hl7.fhir.r4.core"] = "4.0.1", ["a.b"] = "1.0.0" },
        Type = "IG",
        Canonical = "https://test.example",
    };

    private static readonly PackageFile Structure = File(
        "StructureDefinition-x.json",
        """{"resourceType":"StructureDefinition","id":"x","url":"https://test.example/x","version":"1","kind":"resource","type":"Flag"}"""
    );

    private static readonly PackageFile Example = File(
        "examples/Flag-a.json",
        """{"resourceType":"Flag","id":"a","code":{"text":"x"}}"""
    );

    [Fact]
    public void The_layout_is_that_of_the_specification()
    {
        var entries = Entries(Write(Example, Structure));

        entries
            .Keys.Should()
            .Equal(
                "package/package.json",
                "package/.index.json",
                "package/StructureDefinition-x.json",
                "package/examples/.index.json",
                "package/examples/Flag-a.json"
            );
        entries["package/StructureDefinition-x.json"].Should().Be(Encoding.UTF8.GetString(Structure.Json.Span));
        using var manifest = JsonDocument.Parse(entries["package/package.json"]);
        manifest.RootElement.GetProperty("name").GetString().Should().Be("test.cpis.one");
        manifest
            .RootElement.GetProperty("dependencies")
            .GetProperty("hl7.fhir.r4.core")
            .GetString()
            .Should()
            .Be("4.0.1");
        manifest.RootElement.GetProperty("fhirVersions")[0].GetString().Should().Be("4.0.1");
    }

    [Fact]
    public void The_index_names_each_resource_of_its_folder()
    {
        using var index = JsonDocument.Parse(Entries(Write(Structure, Example))["package/.index.json"]);

        index.RootElement.GetProperty("index-version").GetInt32().Should().Be(2);
        var file = index.RootElement.GetProperty("files").EnumerateArray().Should().ContainSingle().Subject;
        file.EnumerateObject()
            .Select(property => (property.Name, property.Value.GetString()))
            .Should()
            .Equal(
                ("filename", "StructureDefinition-x.json"),
                ("resourceType", "StructureDefinition"),
                ("id", "x"),
                ("url", "https://test.example/x"),
                ("version", "1"),
                ("kind", "resource"),
                ("type", "Flag")
            );
    }

    [Fact]
    public void The_same_content_in_any_order_gives_the_same_bytes() =>
        Write(Structure, Example).Should().Equal(Write(Example, Structure));

    [Theory]
    [InlineData("../x.json")]
    [InlineData("/x.json")]
    [InlineData("a//x.json")]
    [InlineData("x.txt")]
    [InlineData("package.json")]
    [InlineData("examples/.index.json")]
    public void A_path_that_is_none_of_a_resource_is_refused(string path)
    {
        var write = () => Write(File(path, """{"resourceType":"Flag"}"""));

        write.Should().Throw<ArgumentException>().WithMessage($"{path} is not the path*");
    }

    [Fact]
    public void A_path_twice_and_a_file_that_is_no_resource_are_refused()
    {
        var twice = () => Write(Structure, Structure);
        var broken = () => Write(File("x.json", "{"));

        twice.Should().Throw<ArgumentException>().WithMessage("*occurs twice*");
        broken.Should().Throw<ArgumentException>().WithMessage("*not the JSON of a resource*");
    }

    private static PackageFile File(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));

    private static byte[] Write(params PackageFile[] files)
    {
        using var stream = new MemoryStream();
        PackageWriter.Write(stream, Manifest, files);
        return stream.ToArray();
    }

    private static Dictionary<string, string> Entries(byte[] package)
    {
        using var tar = new TarReader(new GZipStream(new MemoryStream(package), CompressionMode.Decompress));
        var entries = new Dictionary<string, string>();
        while (tar.GetNextEntry() is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream!);
            entries.Add(entry.Name, reader.ReadToEnd());
        }

        return entries;
    }
}
