using System.Text.RegularExpressions;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Server.Hosting;
using Microsoft.AspNetCore.Builder;

namespace CpIs.Fhir.EndToEnd.Tests.Deployment;

/// <summary>
/// What can be held of the deployment examples without an engine for containers: the server understands their settings, no
/// container may do more than it needs, and no secret lies in the repository.
/// </summary>
public sealed partial class DeploymentFilesTests
{
    public static TheoryData<string> Settings =>
        [.. DeploymentFiles.Ending(".json").Where(n => n.Contains("fhir.config"))];

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_server_takes_the_settings_of_each_example(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();

        var reading = () =>
            builder.AddExchangeConfiguration(
                new StartupArguments(false, false, null, null, DeploymentFiles.PathOf(name))
            );

        reading.Should().NotThrow();
    }

    [Fact]
    public void Every_YAML_file_can_be_read()
    {
        var names = DeploymentFiles.Ending(".yaml").ToList();

        names.Should().HaveCountGreaterThan(7);
        foreach (var name in names)
            DeploymentFiles.Yaml(name).Should().NotBeEmpty(name).And.OnlyContain(d => d.Pairs.Any(), name);
    }

    [Fact]
    public void Every_container_of_the_compose_example_has_no_root_no_capability_and_a_read_only_file_system()
    {
        var services = DeploymentFiles.Yaml("compose.yaml").Single()["services"].Pairs.ToList();

        services.Should().HaveCountGreaterThan(8);
        foreach (var (name, service) in services)
        {
            service["user"].Text.Should().MatchRegex("^[1-9][0-9]*:[1-9][0-9]*$", name);
            service["read_only"].Text.Should().Be("true", name);
            service["cap_drop"].Items.Select(i => i.Text).Should().Equal(["ALL"], name);
            service["cap_add"].Items.Should().BeEmpty(name);
            service["security_opt"].Items.Select(i => i.Text).Should().Contain("no-new-privileges:true", name);
            service["mem_limit"].Text.Should().NotBeEmpty(name);
            service["privileged"].Text.Should().BeEmpty(name);
        }
    }

    [Fact]
    public void Only_the_edge_is_reached_from_outside_and_from_this_machine_alone()
    {
        var services = DeploymentFiles.Yaml("compose.yaml").Single()["services"].Pairs;

        services
            .SelectMany(s => s.Value["ports"].Items.Select(port => $"{s.Key} {port.Text}"))
            .Should()
            .Equal("edge 127.0.0.1:8443:8443");
    }

    [Theory]
    [InlineData("kubernetes/deployment.yaml", "Deployment")]
    [InlineData("kubernetes/migrate-job.yaml", "Job")]
    public void Every_pod_has_no_root_no_capability_and_a_read_only_file_system(string file, string kind)
    {
        var pod = DeploymentFiles.Yaml(file).Single(d => d["kind"].Text == kind)["spec"]["template"]["spec"];

        pod["securityContext"]["runAsNonRoot"].Text.Should().Be("true");
        pod["securityContext"]["seccompProfile"]["type"].Text.Should().Be("RuntimeDefault");
        pod["automountServiceAccountToken"].Text.Should().Be("false");
        pod["containers"].Items.Should().NotBeEmpty();
        foreach (var container in pod["containers"].Items)
        {
            var rights = container["securityContext"];
            rights["allowPrivilegeEscalation"].Text.Should().Be("false");
            rights["readOnlyRootFilesystem"].Text.Should().Be("true");
            rights["capabilities"]["drop"].Items.Select(i => i.Text).Should().Equal("ALL");
            container["resources"]["requests"]["memory"].Text.Should().NotBeEmpty();
            container["resources"]["limits"]["memory"].Text.Should().NotBeEmpty();
        }
    }

    [Fact]
    public void The_exchange_is_asked_whether_it_lives_and_whether_it_can_write()
    {
        var pod = DeploymentFiles.Yaml("kubernetes/deployment.yaml").Single(d => d["kind"].Text == "Deployment");
        var exchange = pod["spec"]["template"]["spec"]["containers"].Items.Single();

        exchange["livenessProbe"]["httpGet"]["path"].Text.Should().Be("/health/live");
        exchange["startupProbe"]["httpGet"]["path"].Text.Should().Be("/health/live");
        exchange["readinessProbe"]["httpGet"]["path"].Text.Should().Be("/health/ready");
        DeploymentFiles.Text("compose/haproxy.cfg").Should().Contain("uri /health/ready");
    }

    [Theory]
    [InlineData("systemd/cpis.service")]
    [InlineData("systemd/cpis-mongodb.service")]
    public void Every_service_gives_up_what_it_does_not_need(string name) =>
        DeploymentFiles
            .Text(name)
            .Split('\n')
            .Should()
            .Contain([
                "NoNewPrivileges=yes",
                "ProtectSystem=strict",
                "CapabilityBoundingSet=",
                "SystemCallFilter=~@privileged",
                "LimitCORE=0",
            ]);

    [Fact]
    public void No_secret_is_in_the_repository()
    {
        var files = DeploymentFiles.Ending("").Select(name => (name, text: DeploymentFiles.Text(name)));

        foreach (var (name, text) in files.Append(("operations.md", DeploymentFiles.Guide)))
        {
            text.Should().NotContain("-----BEGIN", name);
            SecretLike().Matches(text).Select(m => m.Value).Should().BeEmpty(name);
        }

        DeploymentFiles.Ending(".key").Concat(DeploymentFiles.Ending(".pem")).Should().BeEmpty();
        DeploymentFiles.Ending(".env").Should().BeEmpty();
    }

    [Fact]
    public void The_image_is_built_from_every_file_that_a_project_takes_from_outside_src()
    {
        var let = DeploymentFiles
            .Text("Dockerfile.dockerignore")
            .Split('\n')
            .Where(line => line.StartsWith('!'))
            .Select(line => line[1..])
            .ToList();
        var taken = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => OutsideSource().Matches(File.ReadAllText(project)))
            .Select(match => match.Groups[1].Value)
            .ToList();

        taken.Should().NotBeEmpty();
        taken
            .Should()
            .OnlyContain(path => let.Any(l => path == l || path.StartsWith(l + "/", StringComparison.Ordinal)));
        let.Should().Contain(["src", "Directory.Build.props", "Directory.Packages.props", "global.json"]);
    }

    // A password in a URL (but for what a script or a person puts in), a private JWK, a long value called a password or key.
    [GeneratedRegex(
        @"mongodb(\+srv)?://[^:/\s]+:(?!%s|PASSWORD)[^@\s]+@|""d""\s*:\s*""[A-Za-z0-9_-]{20,}|(?i:password|secret|token)(?!File)\w*[""']?\s*[:=]\s*[""']?[A-Za-z0-9+/_-]{16,}"
    )]
    private static partial Regex SecretLike();

    [GeneratedRegex(@"Include=""\.\./\.\./((?!src/)[^""]+)""")]
    private static partial Regex OutsideSource();
}
