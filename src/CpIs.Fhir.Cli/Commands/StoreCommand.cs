using System.CommandLine;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis store</c>.</summary>
internal static class StoreCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand(
            "store",
            "Look after the store of an exchange: move it, fill it. Its servers are stopped meanwhile."
        )
        {
            StoreCopyCommand.Create(tool),
            StoreFillCommand.Create(tool),
        };
}
