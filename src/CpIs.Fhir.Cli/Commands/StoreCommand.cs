using System.CommandLine;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

internal static class StoreCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand(
            "store",
            "Work on the store of an exchange: show its state, move it, migrate it, fill it, end a restore."
        )
        {
            StoreCopyCommand.Create(tool),
            StoreFillCommand.Create(tool),
            StoreMigrateCommand.Create(tool),
            StoreRestoredCommand.Create(tool),
            StoreStatusCommand.Create(tool),
        };
}
