using Spectre.Console;

namespace CpIs.Fhir.Cli.Output;

/// <summary>A Spectre console over a stream that is known to be a terminal which can move its cursor.</summary>
internal static class Terminal
{
    public static IAnsiConsole On(TextWriter writer, bool colours) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = AnsiSupport.Yes,
                ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
            }
        );
}
