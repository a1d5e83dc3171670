using System.IO.Compression;
using System.Text;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Cli.Tests.Profiles;

/// <summary><c>cpis profiles core</c> on FHIR's definitions as NuGet brings them. (That all of R4 is made so: the tests of Conformance.)</summary>
public sealed class CoreTests : IDisposable
{
    private const string Bundle = """
        <Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
        <entry><resource><StructureDefinition><id value="Flag"/><url value="http://hl7.org/fhir/StructureDefinition/Flag"/><name value="Flag"/>
        <mapping><identity value="rim"/></mapping><snapshot><element id="Flag"><path value="Flag"/><constraint><key value="dom-2"/>
        <human value="x"/><expression value="true"/><xpath value="not(f:x)"/></constraint><mapping><identity value="rim"/><map value="Act"/></mapping>
        </element></snapshot></StructureDefinition></resource></entry>
        <entry><resource><SearchParameter><id value="x"/><url value="http://hl7.org/fhir/SearchParameter/x"/></SearchParameter></resource></entry>
        </Bundle>
        """;

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task A_package_for_SUSHI_is_made_without_what_only_repeats()
    {
        var target = _workshop["core.tgz"];

        var made = await Invocation.RunAsync("profiles", "core", Zip(("profiles.xml", Bundle)), "--package", target);

        made.Code.Should().Be(0, made.Error);
        made.Out.Should().Contain("1 definitions");
        var package = FhirPackage.Read(target).Value;
        package.Manifest.ToString().Should().Be("hl7.fhir.r4.core#4.0.1");
        var flag = package.Resources.Should().ContainSingle().Which;
        flag.Path.Should().Be("StructureDefinition-Flag.json");
        Encoding
            .UTF8.GetString(flag.Json.Span)
            .Should()
            .Contain("\"expression\":\"true\"")
            .And.NotContain("xpath")
            .And.NotContain("mapping");
    }

    [Fact]
    public async Task The_slim_file_is_made_from_the_folder_of_the_NuGet_package()
    {
        var folder = Path.Combine(_workshop.Folder, "package");
        Directory.CreateDirectory(Path.Combine(folder, "contentFiles", "any", "any"));
        File.Move(
            Zip(("profiles.xml", Bundle)),
            Path.Combine(folder, "contentFiles", "any", "any", "specification.zip")
        );
        var target = _workshop["core.br"];

        var made = await Invocation.RunAsync("profiles", "core", folder, "--out", target);

        made.Code.Should().Be(0, made.Error);
        made.Out.Should().Contain("1 definitions");
        File.Exists(target).Should().BeTrue();
    }

    [Theory]
    [InlineData("<Bundle xmlns=\"http://hl7.org/fhir\"><entry>")]
    [InlineData("<!DOCTYPE x><Bundle xmlns=\"http://hl7.org/fhir\"/>")]
    public async Task A_zip_that_cannot_be_read_is_refused_with_its_name(string xml)
    {
        var zip = Zip(("profiles.xml", xml));

        var made = await Invocation.RunAsync("profiles", "core", zip, "--out", _workshop["core.br"]);

        made.Code.Should().Be(2);
        made.Error.Should().Contain(zip).And.Contain("cannot be read");
    }

    private string Zip(params (string Name, string Xml)[] entries)
    {
        var path = _workshop["specification.zip"];
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, xml) in entries)
        {
            using var stream = zip.CreateEntry(name).Open();
            stream.Write(Encoding.UTF8.GetBytes(xml));
        }

        return path;
    }
}
