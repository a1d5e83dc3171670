using System.Text.Json.Nodes;
using MongoDB.Bson;
using MongoGateway.Errors;
using MongoGateway.Postgres;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>
/// PostgreSQL's plan in the shape of a server's: <c>queryPlanner.winningPlan</c> of stages IXSCAN (with its indexName) and
/// COLLSCAN, and for the verbosity <c>executionStats</c> what was examined and returned. Of an update, delete or findAndModify
/// the finding is explained; nothing is written.
/// </summary>
internal sealed class ExplainCommand(Database database) : ICommandGroup
{
    public IEnumerable<(string Name, Handler Run)> Commands => [("explain", ExplainAsync)];

    private async Task<ReadOnlyMemory<byte>> ExplainAsync(Request request)
    {
        var inner = Reply.Decode(request.Command.Inner(request.Command.First()));
        var (function, query) = Query(inner);
        var executes = request.Command.FindString("verbosity") != "queryPlanner";
        await using var connection = await database.OpenAsync();
        // A server never scans a collection that an index serves; PostgreSQL does when it is small. What is executed is told as
        // it is, the plan alone as it will be.
        await Sql.RunAsync(connection, "BEGIN READ ONLY; SET LOCAL enable_seqscan = " + (executes ? "on" : "off"));
        try
        {
            // EXPLAIN takes no parameters.
            await using var command = Sql.Command(
                connection,
                $"""
                EXPLAIN (FORMAT JSON, COSTS OFF{(executes ? ", ANALYZE, TIMING OFF" : "")})
                SELECT document FROM documentdb_api_catalog.bson_aggregation_{function}(
                    '{request.Database.Replace("'", "''", StringComparison.Ordinal)}',
                    '\x{Convert.ToHexString(query.ToBson())}'::bytea)
                """
            );
            var plan = JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)![0]!;
            return Reply.Ok(Plan.Describe(request.Database + "." + inner[0], plan, executes));
        }
        finally
        {
            await Sql.RunAsync(connection, "ROLLBACK");
        }
    }

    private static (string Function, BsonDocument Query) Query(BsonDocument command) =>
        command.GetElement(0).Name switch
        {
            "find" or "count" or "distinct" => (command.GetElement(0).Name, command),
            "aggregate" => ("pipeline", command),
            "update" => ("find", Find(command[0], command["updates"][0], "q")),
            "delete" => ("find", Find(command[0], command["deletes"][0], "q")),
            "findAndModify" or "findandmodify" => ("find", Find(command[0], command, "query").Add("limit", 1)),
            var other => throw new MongoError(115, "CommandNotSupported", $"explain of {other}"),
        };

    private static BsonDocument Find(BsonValue collection, BsonValue statement, string filter)
    {
        var given = statement.AsBsonDocument;
        var find = new BsonDocument
        {
            { "find", collection },
            { "filter", given.GetValue(filter, new BsonDocument()) },
        };
        foreach (var option in (string[])["sort", "hint", "collation"])
            if (given.TryGetValue(option, out var value))
                find.Add(option, value);
        return find;
    }
}
