using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Stores;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Migrations;

namespace CpIs.Fhir.Cli.Commands;

internal static class StoreMigrateCommand
{
    public static Command Create(Tool tool)
    {
        var choice = new StoreChoice("--store", "The store");
        var command = new ToolCommand(
            "migrate",
            "Migrate a store of an older version to the schema of this one.",
            "cpis store migrate --store sqlite:./exchange",
            "cpis store migrate --store mongodb:cpis --store-connection @/run/secrets/mongodb"
        )
        {
            Details = """
                There is no way back: make a backup first. If it is interrupted, run it again. For a sealed store, name its key
                file: a migration may have to read what is sealed.
                An embedded store must not be in use. A server that opens it would do the same, without showing progress.
                On MongoDB the servers of the older version can go on: run this, replace them in turn, and run it once more.
                """,
            Options = { choice.Store, choice.Connection, choice.KeyFile },
        };
        return tool.Runs(
            command,
            async (run, cancellation) =>
            {
                var protection = choice.ReadProtection(run);
                using var ofStore = protection as IDisposable;
                try
                {
                    await using var migration = await choice.OpenMigrationAsync(run, protection, cancellation);
                    return await RunAsync(run, migration, cancellation);
                }
                catch (StoreUnavailableException failure)
                {
                    throw new CannotRunException(failure.Message, inner: failure);
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    throw new CannotRunException(
                        "interrupted. What was done stays. Run the same command again: it continues."
                    );
                }
            }
        );
    }

    private static async Task<int> RunAsync(Run run, IStoreMigration migration, CancellationToken cancellation)
    {
        var before = await migration.ReadAsync(cancellation);
        await PhaseProgress.RunAsync(
            run.Surroundings,
            async phases =>
            {
                await migration.RunAsync(new Told(phases), cancellation);
                return true;
            }
        );
        var after = await migration.ReadAsync(cancellation);
        run.Report.Object(
            new JsonObject
            {
                ["outcome"] = "migrated",
                ["store"] = migration.Description,
                ["from"] = before.Schema,
                ["to"] = after.Schema,
                ["migrations"] = new JsonArray([.. before.Pending.Select(StandingReport.ToJson)]),
            }
        );
        foreach (var done in before.Pending)
            run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"{done.Version}: {done.What}"));
        run.Report.Line(
            before.Pending.Count == 0
                ? $"nothing to do: {migration.Description} has schema {after.Schema}, that of this version"
                : $"{migration.Description} was migrated from schema {before.Schema} to {after.Schema}"
        );
        return ExitCode.Done;
    }

    private sealed class Told(PhaseProgress phases) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) =>
            phases.Report(
                string.Create(CultureInfo.InvariantCulture, $"{value.Migration.Version}: {value.Migration.What}"),
                value.Done,
                value.Total
            );
    }
}
