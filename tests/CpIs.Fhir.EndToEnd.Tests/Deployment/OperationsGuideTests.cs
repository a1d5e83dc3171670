using System.Text;
using System.Text.RegularExpressions;
using CpIs.Fhir.Cli;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.EndToEnd.Tests.Processes;
using CpIs.Fhir.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace CpIs.Fhir.EndToEnd.Tests.Deployment;

/// <summary>
/// What docs/operations.md names exists: settings, commands, log lines, metrics, rights. An operator reads it at three in the
/// morning and has no time for what is not so.
/// </summary>
public sealed partial class OperationsGuideTests
{
    // Every source file as one text; a message that is broken over lines is put together again.
    private static readonly Lazy<string> Source = new(() =>
        Broken()
            .Replace(
                string.Concat(
                    Directory
                        .EnumerateFiles(
                            System.IO.Path.Combine(Repository.Root, "src"),
                            "*.cs",
                            SearchOption.AllDirectories
                        )
                        .Select(File.ReadAllText)
                ),
                ""
            )
            .Replace("\\\"", "\"", StringComparison.Ordinal)
    );

    public static TheoryData<string> Commands =>
        [.. Command().Matches(DeploymentFiles.Guide).Select(m => m.Groups[1].Value).Distinct()];

    [Fact]
    public void Every_setting_that_it_and_the_examples_name_exists()
    {
        var texts = DeploymentFiles.Ending("").Select(DeploymentFiles.Text).Append(DeploymentFiles.Guide).ToList();
        var paths = texts
            .SelectMany(text => Variable().Matches(text))
            .Select(match => match.Groups[1].Value.Replace("__", ":"))
            .Concat(Path().Matches(DeploymentFiles.Guide).Select(match => match.Groups[1].Value))
            .Distinct()
            .ToList();

        paths.Should().HaveCountGreaterThan(10);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(paths.Select(path => KeyValuePair.Create(path, (string?)"x")))
            .Build();
        UnknownKeys.In(configuration, typeof(ExchangeOptions)).Should().BeEmpty();
    }

    [Fact]
    public void The_server_takes_the_settings_that_it_shows()
    {
        var shown = Json().Matches(DeploymentFiles.Guide).Select(match => match.Groups[1].Value).ToList();

        shown.Should().NotBeEmpty();
        foreach (var json in shown)
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
                .Build();
            UnknownKeys.In(configuration, typeof(ExchangeOptions)).Should().BeEmpty();
            configuration.Get<ExchangeOptions>().Should().NotBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_that_it_names_exists(string command)
    {
        var (code, output) = await RunAsync([.. command.Split(' '), "--help"]);

        code.Should().Be(0, output);
        // A command that is not there gets the help of the one above it.
        output.Should().MatchRegex($@"Usage:\s+\S+ {command}\b");
    }

    [Fact]
    public void Every_log_line_and_metric_that_it_quotes_is_in_the_code()
    {
        // The guide's own line breaks are none of the line's.
        var quoted = Quoted()
            .Matches(DeploymentFiles.Guide)
            .Select(match => LineBreak().Replace(match.Groups[1].Value, " ").Trim())
            .ToList();

        quoted.Should().HaveCountGreaterThan(20);
        quoted.Where(line => !Source.Value.Contains(line, StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_rights_that_it_gives_the_exchange_are_those_of_the_example_and_of_the_tool()
    {
        var guide = RightsIn(DeploymentFiles.Guide);
        var (_, plan) = await RunAsync("mongo", "plan");

        guide.Should().Contain("find").And.NotContain(right => right.StartsWith("drop", StringComparison.Ordinal));
        RightsIn(DeploymentFiles.Text("compose/initiate.js")).Should().Equal(guide);
        RightsIn(plan).Should().Equal(guide);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var surroundings = new Surroundings
        {
            Out = output,
            Error = output,
            In = () => Stream.Null,
        };
        var code = await Cpis.RunAsync(arguments, surroundings, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    private static List<string> RightsIn(string text) =>
        [.. Word().Matches(Rights().Match(text).Groups[1].Value).Select(match => match.Value)];

    [GeneratedRegex(@"\bCPIS__((?:[A-Za-z0-9]+__)*[A-Za-z0-9]+)")]
    private static partial Regex Variable();

    // `Section:Key`, as the server names a setting itself.
    [GeneratedRegex(@"`([A-Z][A-Za-z]+(?::[A-Za-z0-9]+)+)`")]
    private static partial Regex Path();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();

    // A command with its subcommand, in backticks or at the beginning of a line of a code block.
    [GeneratedRegex(
        @"(?:`|^\s*|\bcpis\s)cpis ((?:org|client|key|keys|store|mongo|protection) [a-z-]+|lookup|upload|token)",
        RegexOptions.Multiline
    )]
    private static partial Regex Command();

    // What stands in typographic quotes: these alone are compared.
    [GeneratedRegex(@"“([^”]+)”")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"actions:\s*\[([^\]]+)\]")]
    private static partial Regex Rights();

    [GeneratedRegex(@"\n\s*")]
    private static partial Regex LineBreak();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Broken();
}
