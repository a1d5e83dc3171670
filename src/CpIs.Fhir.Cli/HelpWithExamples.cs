using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CpIs.Fhir.Cli;

/// <summary>The usual help, and below it what one would type.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ToolCommand { Examples.Count: > 0 } command)
            return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in command.Examples)
            output.WriteLine("  " + example);
        output.WriteLine();
        return code;
    }
}
