using System.CommandLine;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Stores;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Cli.Commands;

internal static class StoreStatusCommand
{
    public static Command Create(Tool tool)
    {
        var choice = new StoreChoice("--store", "The store");
        var command = new ToolCommand(
            "status",
            "Show which schema a store has, how much it holds, and whether a copy into it is unfinished.",
            "cpis store status --store sqlite:./exchange",
            "CPIS_MONGODB=@/run/secrets/mongodb cpis store status --store mongodb --json"
        )
        {
            Details = "It only reads, opens nothing that is sealed, and can be run while servers run.",
            Options = { choice.Store, choice.Connection },
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                try
                {
                    await using var migration = await choice.OpenMigrationAsync(
                        run,
                        RecordProtection.Readable,
                        cancellation
                    );
                    StandingReport.Tell(run.Report, migration.Description, await migration.ReadAsync(cancellation));
                    return ExitCode.Done;
                }
                catch (StoreUnavailableException failure)
                {
                    throw new CannotRunException(failure.Message, inner: failure);
                }
            }
        );
    }
}
