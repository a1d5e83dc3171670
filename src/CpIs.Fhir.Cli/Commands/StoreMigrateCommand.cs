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

/// <summary><c>cpis store migrate</c>.</summary>
internal static class StoreMigrateCommand
{
    public static Command Create(Tool tool)
    {
        var choice = new StoreChoice("--store", "The store");
        var command = new ToolCommand(
            "migrate",
            "Bring a store of an older version forward to the schema of this one.",
            "cpis store migrate --store sqlite:./exchange",
            "cpis store migrate --store mongodb:cpis --store-connection @/run/secrets/mongodb"
        )
        {
            Details = """
                There is no way back: make a backup first. Ended anywhere, the same command goes on. For a sealed store, name its key
                file: a migration may have to read what is sealed.
                An embedded store must not be in use; a server that opens it would do the same, without telling how far it is.
                On MongoDB the servers of the version before may go on: run it, replace them one by one, and run it once more.
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
                        "interrupted. What was done stays; run the same command again and it goes on from there."
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
                ? $"nothing to do: {migration.Description} is of schema {after.Schema}, the one of this version"
                : $"{migration.Description} was brought from schema {before.Schema} to {after.Schema}"
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
