using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CpIs.Fhir.Cli.Commands;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli;

/// <summary>The tool as a function: arguments and surroundings in, exit code out.</summary>
internal static class Cpis
{
    /// <summary>Runs one command. Never throws for what a user can cause.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        Surroundings surroundings,
        CancellationToken cancellation = default
    )
    {
        var parsed = Root(new Tool(surroundings)).Parse(args.Count == 0 ? ["--help"] : args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
                await surroundings.Error.WriteLineAsync("cpis: " + Printable.Of(error.Message));
            await surroundings.Error.WriteLineAsync(
                $"Try: cpis {string.Join(' ', Tool.PathOf(parsed.CommandResult.Command).Append("--help"))}"
            );
            return ExitCode.CouldNotRun;
        }

        var invocation = new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
        };
        var code = await parsed.InvokeAsync(invocation, cancellation);
        return args.Count == 0 ? ExitCode.CouldNotRun : code;
    }

    private static RootCommand Root(Tool tool)
    {
        var root = new RootCommand(
            """
            The tool of authorities, care settings, testers and operators of a CP-IS exchange.
            Synthetic data only: this software is not approved for real data.

            Exit codes: 0 done, 1 refused by the exchange, 2 could not run.
            """
        )
        {
            TokenCommand.Create(tool),
            UploadCommand.Create(tool),
            LookupCommand.Create(tool),
            SubscribeCommand.Create(tool),
            ListenCommand.Create(tool),
            PopulationCommand.Create(tool),
            ValidateCommand.Create(tool),
            ProfilesCommand.Create(tool),
            OrganisationCommand.Create(tool),
            ClientCommand.Create(tool),
            StampsCommand.Create(tool),
            ApproveCommand.Create(tool),
            KeyCommand.Create(tool),
            KeysCommand.Create(tool),
            MongoCommand.Create(tool),
            ProtectionCommand.Create(tool),
            StoreCommand.Create(tool),
            BenchCommand.Create(tool),
        };
        root.Options.Add(tool.Server);
        root.Options.Add(tool.Client);
        root.Options.Add(tool.Json);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
