using Spectre.Console;

namespace CpIs.Fhir.Cli.Output;

/// <summary>A Spectre console over one of the process's streams.</summary>
internal static class Terminal
{
    public static IAnsiConsole On(TextWriter writer, bool colours) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
}
