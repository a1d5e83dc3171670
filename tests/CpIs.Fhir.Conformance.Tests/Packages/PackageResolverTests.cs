using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Packages;

namespace CpIs.Fhir.Conformance.Tests.Packages;

public sealed class PackageResolverTests : IDisposable
{
    private readonly TestPackages _packages = new();
    private readonly TestPackages _cache = new();

    public void Dispose()
    {
        _packages.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public void Dependencies_are_found_beside_in_folders_and_in_the_cache_each_once_and_first()
    {
        using var other = new TestPackages();
        Cached("t.base", "1.0.0");
        other.Archive("t.middle-2.0.0.tgz", Package("t.middle", "2.0.0", "t.base#1.0.0"));
        _packages.Archive("t.side#3.0.0.tgz", Package("t.side", "3.0.0", "t.middle#2.0.0", "t.base#1.0.0"));
        var top = _packages.Archive(
            "top.tgz",
            Package("t.top", "1.0.0", "hl7.fhir.r4.core#4.0.1", "t.side#3.0.0", "t.base#1.0.0")
        );

        var resolved = new PackageResolver([other.Folder], _cache.Folder).Resolve(
            [top],
            TestContext.Current.CancellationToken
        );

        Names(resolved).Should().Equal("t.base#1.0.0", "t.middle#2.0.0", "t.side#3.0.0", "t.top#1.0.0");
        resolved.Missing.Should().BeEmpty();
        resolved.Problems.Should().BeEmpty();
    }

    [Fact]
    public void What_is_missing_is_told_with_name_version_and_who_needs_it()
    {
        var top = _packages.Archive("top.tgz", Package("t.top", "1.0.0", "t.none#9.9.9"));

        var resolved = Resolve(top);

        resolved.Missing.Should().Equal(new MissingPackage("t.none", "9.9.9", "t.top#1.0.0"));
        resolved.Missing[0].ToString().Should().Be("t.none#9.9.9, which t.top#1.0.0 needs, was not found");
        Names(resolved).Should().Equal("t.top#1.0.0");
    }

    [Fact]
    public void Packages_that_need_each_other_are_read_once()
    {
        Cached("t.a", "1.0.0", "t.b#1.0.0");
        Cached("t.b", "1.0.0", "t.a#1.0.0");

        Names(Resolve(Path.Combine(_cache.Folder, "t.a#1.0.0"))).Should().Equal("t.b#1.0.0", "t.a#1.0.0");
    }

    [Theory]
    [InlineData("1.2.0", "t.base#1.2.0")]
    [InlineData("1.2.x", "t.base#1.2.10")]
    [InlineData("latest", "t.base#1.10.0")]
    public void A_version_with_x_is_the_newest_that_fits(string wanted, string found)
    {
        foreach (var version in new[] { "1.2.0", "1.2.9", "1.2.10", "1.10.0" })
            Cached("t.base", version);
        Cached("t.base-more", "9.0.0");

        var top = _packages.Archive("top.tgz", Package("t.top", "1.0.0", $"t.base#{wanted}"));

        Names(Resolve(top)).Should().Equal(found, "t.top#1.0.0");
    }

    [Fact]
    public void A_package_of_another_fhir_version_is_refused_with_its_name()
    {
        Cached("t.five", "1.0.0");
        _cache.Unpacked("t.five#1.0.0", ("package/package.json", TestPackages.Manifest("t.five", "1.0.0", "5.0.0")));
        var top = _packages.Archive("top.tgz", Package("t.top", "1.0.0", "t.five#1.0.0"));

        var resolved = Resolve(top);

        resolved.Problems.Should().Equal("Package t.five#1.0.0 is made for FHIR 5.0.0; only R4 (4.0.x) can be used.");
        Names(resolved).Should().Equal("t.top#1.0.0");
    }

    [Fact]
    public void A_profile_without_snapshot_gets_one_also_on_a_base_without()
    {
        var resolved = Resolve(
            _packages.Archive(
                "top.tgz",
                [
                    .. Package("t.top", "1.0.0"),
                    ("package/a.json", Profile("b", "https://t.example/a", """{"path":"Flag.period","min":1}""")),
                    (
                        "package/b.json",
                        Profile(
                            "a",
                            "https://fhir.cpis.example/StructureDefinition/CPIS-Flag",
                            """{"path":"Flag.author","min":1}"""
                        )
                    ),
                    ("package/c.json", Profile("c", "https://t.example/none", """{"path":"Flag.period","min":1}""")),
                ]
            )
        );
        var set = new DefinitionSet(CoreDefinitions.Load(), OwnDefinitions.Load(), resolved.Layer());

        var profile = set.FindStructure("https://t.example/b")!;
        var own = set.FindStructure("https://fhir.cpis.example/StructureDefinition/CPIS-Flag")!;

        profile.Elements.Single(e => e.Id == "Flag.period").Min.Should().Be(1);
        profile.Elements.Single(e => e.Id == "Flag.author").Min.Should().Be(1);
        profile.Elements.Select(e => e.Id).Should().Contain(own.Elements.Select(e => e.Id));
        set.ProblemOf("https://t.example/b").Should().BeNull();
        set.FindStructure("https://t.example/c").Should().BeNull();
        set.ProblemOf("https://t.example/c")
            .Should()
            .Be("Its base https://t.example/none is not available. Load the package that defines the base.");
        set.ProblemOf("https://t.example/not-there").Should().BeNull();
    }

    private static string Profile(string id, string from, string element) =>
        $$"""
            {"resourceType":"StructureDefinition","id":"{{id}}","url":"https://t.example/{{id}}","name":"{{id}}","status":"draft",
             "kind":"resource","abstract":false,"type":"Flag","baseDefinition":"{{from}}","derivation":"constraint",
             "differential":{"element":[{{element}}] } }
            """;

    private static (string, string)[] Package(string name, string version, params string[] dependencies) =>
        [("package/package.json", TestPackages.Manifest(name, version, "4.0.1", dependencies))];

    private void Cached(string name, string version, params string[] dependencies) =>
        _cache.Unpacked($"{name}#{version}", Package(name, version, dependencies));

    private ResolvedPackages Resolve(string path) =>
        new PackageResolver(cache: _cache.Folder).Resolve([path], TestContext.Current.CancellationToken);

    private static IEnumerable<string> Names(ResolvedPackages resolved) =>
        resolved.Packages.Select(package => package.Manifest.ToString());
}
