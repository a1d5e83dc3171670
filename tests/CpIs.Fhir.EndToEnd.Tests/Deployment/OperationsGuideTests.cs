using System.Text;
using System.Text.RegularExpressions;
using CpIs.Fhir.Cli;
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
        using var output = new StringWriter();
        var surroundings = new Surroundings
        {
            Out = output,
            Error = output,
            In = () => Stream.Null,
        };

        var code = await Cpis.RunAsync(
            [.. command.Split(' '), "--help"],
            surroundings,
            TestContext.Current.CancellationToken
        );

        code.Should().Be(0, output.ToString());
        // A command that is not there gets the help of the one above it.
        output.ToString().Should().MatchRegex($@"Usage:\s+\S+ {command}\b");
    }

    [Fact]
    public void Every_log_line_and_metric_that_it_quotes_is_in_the_code()
    {
        var quoted = Quoted().Matches(DeploymentFiles.Guide).Select(match => match.Groups[1].Value).ToList();

        quoted.Should().HaveCountGreaterThan(20);
        quoted.Where(line => !Source.Value.Contains(line, StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void The_rights_that_it_gives_the_exchange_are_those_of_the_example()
    {
        var guide = Rights().Match(DeploymentFiles.Guide).Groups[1].Value;
        var example = Rights().Match(DeploymentFiles.Text("compose/initiate.js")).Groups[1].Value;

        Words(guide).Should().NotBeEmpty().And.Equal(Words(example));
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(m => m.Value);

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

    [GeneratedRegex(@"\bCPIS__((?:[A-Za-z0-9]+__)*[A-Za-z0-9]+)")]
    private static partial Regex Variable();

    // `Section:Key`, as the server names a setting itself.
    [GeneratedRegex(@"`([A-Z][A-Za-z]+(?::[A-Za-z0-9]+)+)`")]
    private static partial Regex Path();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();

    // A command with its subcommand, in backticks or at the beginning of a line of a code block.
    [GeneratedRegex(
        @"(?:`|^\s*|\bcpis\s)cpis ((?:org|client|key|keys|store|mongo|protection) [a-z-]+|lookup|bench|upload|token)",
        RegexOptions.Multiline
    )]
    private static partial Regex Command();

    // “What stands in a log or on a metric”, in typographic quotes: these alone are compared.
    [GeneratedRegex(@"“([^”]+)”")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"actions:\s*\[([^\]]+)\]")]
    private static partial Regex Rights();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Broken();
}
