using System.CommandLine;
using CpIs.Fhir.Cli.Tools;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis store</c>.</summary>
internal static class StoreCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand("store", "Look after the store of an exchange: look at it, move it, bring it forward, fill it.")
        {
            StoreCopyCommand.Create(tool),
            StoreFillCommand.Create(tool),
            StoreMigrateCommand.Create(tool),
            StoreStatusCommand.Create(tool),
        };
}
