using System.Diagnostics;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Tests.Stub;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.Cli.Tests.Profiles;

/// <summary>Somebody else's FSH project takes our package as it is: it derives a profile from ours, binds our value set, uses our extension.</summary>
[Trait(Proof.Long, "true")]
public sealed class DependantTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private static bool IsCi => Environment.GetEnvironmentVariable("CI") == "true";

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task SUSHI_accepts_the_package_as_a_dependency()
    {
        // The script installs SUSHI where it is missing; Node must be there.
        Assert.SkipUnless(IsCi || HasNode(), "Node 20 or later is needed for SUSHI.");
        var package = _workshop["cpis.tgz"];
        var packed = await Invocation.RunAsync(
            "profiles",
            "pack",
            "--profiles",
            Checkout.Profiles,
            "--out",
            package,
            "--json"
        );
        packed.Code.Should().Be(0, packed.Error);
        var project = Project(packed.Objects.Single()["package"]!.GetValue<string>().Split('#')[1]);

        var (code, log) = await SushiAsync(project, package);

        code.Should().Be(0, log);
        log.Should().Contain("0 Errors").And.Contain("Loaded cpis.fhir.r4#");
        var made = Path.Combine(project, "fsh-generated", "resources");
        var flag = JsonNode.Parse(File.ReadAllText(Path.Combine(made, "StructureDefinition-HarefordFlag.json")))!;
        flag["baseDefinition"]!
            .GetValue<string>()
            .Should()
            .Be("https://fhir.cpis.example/StructureDefinition/CPIS-Flag");
        flag["snapshot"]!["element"]!
            .AsArray()
            .Single(element => element!["id"]!.GetValue<string>() == "Flag.encounter")!["max"]!
            .GetValue<string>()
            .Should()
            .Be("0", "what our profile prohibits is prohibited in theirs");
        JsonNode.Parse(File.ReadAllText(Path.Combine(made, "Flag-hareford-flag.json")))!["author"]!["identifier"]![
            "system"
        ]!
            .GetValue<string>()
            .Should()
            .Be("https://fhir.nhs.uk/Id/ods-organization-code", "our fixed values reach their instances");
    }

    private static bool HasNode() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "npm")));

    private string Project(string version)
    {
        var from = Path.Combine(Checkout.Root, "tests", "CpIs.Fhir.Cli.Tests", "Dependant");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(_workshop["dependant"], Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.WriteAllText(to, File.ReadAllText(file).Replace("VERSION", version, StringComparison.Ordinal));
        }

        return _workshop["dependant"];
    }

    private static async Task<(int Code, string Log)> SushiAsync(string project, string package)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(Checkout.Profiles, "sushi"), [project, package])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
