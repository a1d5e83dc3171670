using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CpIs.Fhir.Cli.Output;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Storage.MongoDb.Schemas;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis mongo</c>: what the operator of a MongoDB deployment runs by hand.</summary>
internal static partial class MongoCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand("mongo", "Prepare a MongoDB deployment for the exchange.") { Plan(tool) };

    private static Command Plan(Tool tool)
    {
        var database = new Option<string>("--database")
        {
            Description = "Database of the exchange (MongoDbOptions:Database). [cpis]",
            HelpName = "NAME",
            DefaultValueFactory = _ => "cpis",
        };
        return tool.Runs(
            new ToolCommand(
                "plan",
                "Print the commands that make the exchange's role and spread its collections over shards.",
                "cpis mongo plan",
                "cpis mongo plan --database cpis_north > plan.js"
            )
            {
                Details =
                    "It does not connect to anything: read what it prints, and run it in mongosh. First make the role. Then start one server, "
                    + "which makes collections and indexes. A replica set needs no more. On a sharded cluster, run the rest, "
                    + "connected to a mongos.",
                Options = { database },
            },
            (run, _) => Task.FromResult(Print(run.Report, run.Get(database)!))
        );
    }

    private static int Print(Report report, string database)
    {
        if (!DatabaseName().IsMatch(database))
            throw new CannotRunException("--database: a name must be 1 to 60 letters, digits, _ or -.");
        var (role, commands) = (ShardPlan.RoleCommand(database), ShardPlan.Commands(database).ToList());
        report.Object(
            new JsonObject { ["role"] = role, ["shards"] = new JsonArray([.. commands.Select(c => (JsonNode)c)]) }
        );
        if (report.IsJson)
            return ExitCode.Done;
        report.Bare("// Before the first start: the role of the exchange's user.");
        report.Bare(role);
        report.Bare("\n// On a sharded cluster, after the first start.");
        foreach (var command in commands)
            report.Bare(command);
        return ExitCode.Done;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,60}$")]
    private static partial Regex DatabaseName();
}
