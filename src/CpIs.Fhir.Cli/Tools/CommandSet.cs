using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Tools;

/// <summary>Commands with the common options, help with examples, and one line for what was mistyped.</summary>
/// <param name="description">What the whole is for, in its help.</param>
/// <param name="commands">Makes the commands, once a run.</param>
internal sealed class CommandSet(string description, Func<Tool, IReadOnlyList<Command>> commands)
{
    /// <summary>Runs one command. Never throws for what a user can cause.</summary>
    public async Task<int> RunAsync(
        IReadOnlyList<string> args,
        Surroundings surroundings,
        CancellationToken cancellation
    )
    {
        var parsed = Root(new Tool(surroundings)).Parse(args.Count == 0 ? ["--help"] : args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
                await surroundings.Error.WriteLineAsync($"{surroundings.Program}: {Printable.Of(error.Message)}");
            string[] help = [surroundings.Program, .. Tool.PathOf(parsed.CommandResult.Command), "--help"];
            await surroundings.Error.WriteLineAsync($"Try: {string.Join(' ', help)}");
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

    private RootCommand Root(Tool tool)
    {
        var root = new RootCommand(description);
        foreach (var command in commands(tool))
            root.Add(command);
        root.Options.Add(tool.Server);
        root.Options.Add(tool.Client);
        root.Options.Add(tool.Json);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
