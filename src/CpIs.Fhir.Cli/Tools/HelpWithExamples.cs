using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CpIs.Fhir.Cli.Tools;

/// <summary>The usual help, and below it details and what one would type.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ToolCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            Write(output, "Details:", command.Details?.Split('\n') ?? []);
            Write(output, "Examples:", command.Examples);
        }

        return code;
    }

    private static void Write(TextWriter output, string heading, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return;
        output.WriteLine(heading);
        foreach (var line in lines)
            output.WriteLine("  " + line.TrimEnd());
        output.WriteLine();
    }
}
