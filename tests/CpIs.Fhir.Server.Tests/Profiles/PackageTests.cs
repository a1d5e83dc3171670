using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Packages;
using CpIs.Fhir.Server.Profiles;
using CpIs.Fhir.Server.Tests.Hosting;

namespace CpIs.Fhir.Server.Tests.Profiles;

/// <summary>The package file; <c>CpIs.Fhir.EndToEnd.Tests</c> compares it with what <c>cpis profiles pack</c> writes.</summary>
public sealed class PackageTests(RunningExchange exchange) : IClassFixture<RunningExchange>
{
    [Fact]
    public async Task The_package_is_found_by_its_version_or_as_the_newest_and_holds_every_artefact_and_good_example()
    {
        var newest = await exchange.Anonymous.GetAsync("/profiles/package");
        var named = await exchange.Anonymous.GetAsync($"/profiles/{new PublishedPackage().FileName}");

        named.Status.Should().Be(200);
        newest.Bytes.Should().Equal(named.Bytes);
        named.Headers["Content-Type"].Should().Be("application/gzip");
        named.Headers["Content-Disposition"].Should().Contain("cpis.fhir.r4-");
        named.Headers["Cache-Control"].Should().Be("public, max-age=86400");
        using var file = new MemoryStream(named.Bytes);
        var package = FhirPackage.Read(file, "the server's", withExamples: true).Value;
        package.Manifest.Name.Should().Be("cpis.fhir.r4");
        package
            .Resources.Select(resource => resource.Path)
            .Should()
            .BeEquivalentTo(
                OwnDefinitions.Names().Concat(ExampleLibrary.GoodFiles().Select(example => "examples/" + example.Name))
            );
    }

    [Fact]
    public async Task Who_has_the_package_is_told_so()
    {
        var path = $"/profiles/{new PublishedPackage().FileName}";
        var tag = (await exchange.Anonymous.GetAsync(path)).Headers["ETag"];

        (await exchange.Anonymous.GetAsync(path, ("If-None-Match", $"W/\"x\", {tag}"))).Status.Should().Be(304);
    }
}
