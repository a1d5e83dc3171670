using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests.Profiles;

/// <summary><c>cpis profiles pack</c>.</summary>
public sealed class PackTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task The_package_holds_each_definition_and_each_good_example_and_says_what_it_is()
    {
        var file = _workshop["cpis.tgz"];

        var packed = await Invocation.RunAsync(
            "profiles",
            "pack",
            "--profiles",
            Checkout.Profiles,
            "--out",
            file,
            "--json"
        );

        packed.Code.Should().Be(0, packed.Error);
        var entries = Unpack(file);
        entries
            .Keys.Where(name =>
                !name.EndsWith(".index.json", StringComparison.Ordinal) && name != "package/package.json"
            )
            .Should()
            .BeEquivalentTo(
                Directory
                    .EnumerateFiles(Path.Combine(Checkout.Profiles, "built"))
                    .Select(path => "package/" + Path.GetFileName(path))
                    .Concat(
                        Directory
                            .EnumerateFiles(Path.Combine(Checkout.Root, "examples", "resources"))
                            .Select(path => "package/examples/" + Path.GetFileName(path))
                    )
            );
        var manifest = entries["package/package.json"];
        manifest["name"]!.GetValue<string>().Should().Be("cpis.fhir.r4");
        manifest["type"]!.GetValue<string>().Should().Be("IG");
        manifest["canonical"]!.GetValue<string>().Should().Be("https://fhir.cpis.example");
        manifest["fhirVersions"]!.ToJsonString().Should().Be("""["4.0.1"]""");
        manifest["dependencies"]!.ToJsonString().Should().Be("""{"hl7.fhir.r4.core":"4.0.1"}""");
        packed.Objects.Single()["package"]!.GetValue<string>().Should().Be($"cpis.fhir.r4#{manifest["version"]}");
        entries["package/.index.json"]["files"]!
            .AsArray()
            .Select(row => row!["url"]?.GetValue<string>())
            .Should()
            .Contain("https://fhir.cpis.example/StructureDefinition/CPIS-Flag");
    }

    [Fact]
    public async Task The_same_definitions_are_the_same_bytes()
    {
        await Invocation.RunAsync("profiles", "pack", "--profiles", Checkout.Profiles, "--out", _workshop["a.tgz"]);
        await Invocation.RunAsync("profiles", "pack", "--profiles", Checkout.Profiles, "--out", _workshop["b.tgz"]);

        File.ReadAllBytes(_workshop["a.tgz"]).Should().Equal(File.ReadAllBytes(_workshop["b.tgz"]));
    }

    [Fact]
    public async Task A_folder_without_definitions_is_named()
    {
        var packed = await Invocation.RunAsync("profiles", "pack", "--profiles", _workshop.Folder);

        packed.Code.Should().Be(2);
        packed.Error.Should().Contain(_workshop.Folder).And.Contain("built");
    }

    private static Dictionary<string, JsonNode> Unpack(string file)
    {
        using var unzipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        var entries = new Dictionary<string, JsonNode>();
        while (tar.GetNextEntry() is { } entry)
            entries[entry.Name] = JsonNode.Parse(entry.DataStream!)!;
        return entries;
    }
}
