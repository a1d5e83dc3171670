using System.CommandLine;

namespace CpIs.Fhir.Cli.Commands;

internal static class BenchCommand
{
    public static Command Create(Tool tool) => tool.Runs(new ToolCommand("bench", "x"), (_, _) => Task.FromResult(0));
}
