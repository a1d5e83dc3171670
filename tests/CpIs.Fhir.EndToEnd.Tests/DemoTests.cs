using System.Diagnostics;
using System.Text.RegularExpressions;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Tests.Shared;

namespace CpIs.Fhir.EndToEnd.Tests;

/// <summary>The README's first command, and what it says to do next, as a newcomer would.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("cpis-demo-").FullName;
    private static readonly Dictionary<string, string> Seeding = new() { ["CPIS__Demo__Seed"] = "true" };

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    [Trait(Proof.Long, "true")] // CI runs the commands of the README instead
    public async Task The_demo_does_the_main_job_keeps_its_data_seeds_nothing_twice_and_prints_commands_that_work()
    {
        await using (var first = await ExchangeProcess.StartAsync(_data, settings: Seeding))
        {
            await NoticeAsync(first);
            first.Output.Should().Contain("SYNTHETIC DATA ONLY").And.Contain("uploads its register");
            first
                .Output.Should()
                .Contain("emergency duty 01632 960101")
                .And.Contain("Subject to child protection plan");
            first.Output.Should().Contain("event 1 of Subscription/").And.Contain("signature verified");
        }

        await using var second = await ExchangeProcess.StartAsync(_data, settings: Seeding);
        await NoticeAsync(second);
        second.Output.Should().Contain("Nothing is sent twice").And.Contain("event 2 of Subscription/");
        using var authority = await Actor.SignInAsync(second, "authority-xhf01");
        var held = await authority.ReadAsync("Patient?_count=0");
        held.GetProperty("total").GetInt32().Should().Be(721 + 1_033 + 36 + 180 + 40);
        await PrintedCommandsWorkAsync(second);
    }

    [Fact]
    public async Task Without_demo_nobody_is_registered_and_the_first_operator_registers_everybody_else()
    {
        var cli = Repository.Program("CpIs.Fhir.Cli", "cpis");
        var key = Path.Combine(_data, "operator.json");
        var (made, publicKey) = await RunAsync(
            "dotnet",
            cli,
            "key",
            "new",
            "--out",
            key,
            "--id",
            "our-operator",
            "--organisation",
            "XOP99",
            "--kind",
            "operator"
        );
        made.Should().Be(0, publicKey);
        await File.WriteAllTextAsync(Path.Combine(_data, "operator.pub.json"), Json().Match(publicKey).Value);

        await using var exchange = await ExchangeProcess.StartAsync(
            Path.Combine(_data, "store"),
            settings: new Dictionary<string, string>
            {
                ["CPIS__Security__FirstOperator__ClientId"] = "our-operator",
                ["CPIS__Security__FirstOperator__OrganisationCode"] = "XOP99",
                ["CPIS__Security__FirstOperator__OrganisationName"] = "Operator (synthetic)",
                ["CPIS__Security__FirstOperator__PublicKeyFile"] = Path.Combine(_data, "operator.pub.json"),
            },
            demo: false
        );

        var stranger = async () => await Actor.SignInAsync(exchange, "authority-xhf01");
        await stranger.Should().ThrowAsync<Exception>("demo clients are unknown without --demo");
        string[] server = ["--server", exchange.Root.ToString(), "--client", key];
        var (added, said) = await RunAsync(
            "dotnet",
            [
                cli,
                "org",
                "add",
                "XLA99",
                "--name",
                "Newshire (synthetic)",
                "--kind",
                "authority",
                "--emergency-phone",
                "01632 960999",
                .. server,
            ]
        );
        added.Should().Be(0, said);
        var (listed, list) = await RunAsync("dotnet", [cli, "org", "list", "--json", .. server]);
        listed.Should().Be(0, list);
        list.Should().Contain("XLA99").And.NotContain("XHF01");
    }

    private static async Task PrintedCommandsWorkAsync(ExchangeProcess exchange)
    {
        var commands = exchange
            .Output.Split('\n')
            .Where(line =>
                line.StartsWith("TOKEN=", StringComparison.Ordinal)
                || line.StartsWith("cpis ", StringComparison.Ordinal)
                || line.StartsWith("curl ", StringComparison.Ordinal)
            )
            .ToArray();
        commands.Should().HaveCount(4);

        // As printed; the tool is the one that is built here instead of an installed one.
        var cli = Repository.Program("CpIs.Fhir.Cli", "cpis");
        var script = $"cpis() {{ dotnet '{cli}' \"$@\"; }}\n" + string.Join('\n', commands);
        var (exit, output) = await RunAsync("bash", "-ceu", script);
        exit.Should().Be(0, output);
        output.Should().Contain("PLAN HELD").And.Contain("Plans shown").And.Contain("342191000000101");
        await Eventually.TrueAsync(
            () => exchange.Output.Contains("event 3 of Subscription/", StringComparison.Ordinal),
            () => $"the next notice comes\n{exchange.Output}"
        );
    }

    private static Task NoticeAsync(ExchangeProcess exchange) =>
        Eventually.TrueAsync(
            () => exchange.Output.Contains("Serving until Ctrl+C", StringComparison.Ordinal),
            () => $"the demo ends its main job\n{exchange.Output}"
        );

    private static async Task<(int Exit, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex(@"\{.*\}", RegexOptions.Singleline)]
    private static partial Regex Json();
}
