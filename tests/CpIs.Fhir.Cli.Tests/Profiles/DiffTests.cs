using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests.Profiles;

/// <summary><c>cpis profiles diff</c>: a change that breaks needs a version step.</summary>
public sealed class DiffTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    /// <summary>The promise to whoever depends on the package. When this fails: raise the version (profiles/README.md).</summary>
    [Fact]
    public async Task The_version_of_the_definitions_says_what_changed_since_the_last_package()
    {
        var compared = await Invocation.RunAsync("profiles", "diff", "--profiles", Checkout.Profiles);

        compared.Code.Should().Be(0, compared.Error + compared.Out);
    }

    [Fact]
    public async Task What_breaks_without_a_version_step_is_refused_with_the_version_that_is_needed()
    {
        var profiles = Checkout.CopyTo(_workshop.Folder);
        await Invocation.RunAsync("profiles", "pack", "--profiles", profiles, "--out", _workshop["old.tgz"]);
        Checkout.Edit(
            profiles,
            "StructureDefinition-CPIS-Flag.json",
            flag => ComparisonTests.Element(flag, "Flag.meta")["max"] = "0"
        );

        var compared = await Invocation.RunAsync("profiles", "diff", _workshop["old.tgz"], "--profiles", profiles);

        compared.Code.Should().Be(1);
        compared.Out.Should().MatchRegex("yes +StructureDefinition CPIS-Flag +Flag.meta +is prohibited now");
        compared.Error.Should().MatchRegex(@"need version 0\.[0-9]+\.0 or later");
    }

    [Fact]
    public async Task The_same_with_the_version_step_is_accepted()
    {
        var profiles = Checkout.CopyTo(_workshop.Folder);
        await Invocation.RunAsync("profiles", "pack", "--profiles", profiles, "--out", _workshop["old.tgz"]);
        File.Delete(Path.Combine(profiles, "built", "SearchParameter-Flag-code.json"));
        Checkout.Edit(profiles, "ImplementationGuide-cpis.fhir.r4.json", guide => guide["version"] = "1.0.0");

        var compared = await Invocation.RunAsync(
            "profiles",
            "diff",
            _workshop["old.tgz"],
            "--profiles",
            profiles,
            "--json"
        );

        compared.Code.Should().Be(0, compared.Error);
        compared
            .Objects[0]
            .ToJsonString()
            .Should()
            .Be(
                """{"artefact":"SearchParameter https://fhir.cpis.example/SearchParameter/Flag-code","place":"","change":"is gone","breaks":true}"""
            );
        compared.Objects[^1]["versionHolds"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task Without_a_package_to_compare_with_it_says_so()
    {
        var profiles = Checkout.CopyTo(_workshop.Folder);
        Directory.Delete(Path.Combine(profiles, "published"), true);

        var compared = await Invocation.RunAsync("profiles", "diff", "--profiles", profiles);

        compared.Code.Should().Be(2);
        compared.Error.Should().Contain("has no published package yet");
    }

    [Fact]
    public async Task A_file_that_is_no_package_is_named()
    {
        var file = _workshop.Write("not.tgz", "not a package");

        var compared = await Invocation.RunAsync("profiles", "diff", file, "--profiles", Checkout.Profiles);

        compared.Code.Should().Be(2);
        compared.Error.Should().Contain(file).And.Contain("cannot be read");
    }
}
