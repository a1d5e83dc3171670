using MongoGateway.Errors;
using MongoGateway.Postgres;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>Databases, collections and indexes. None of these runs in a transaction.</summary>
internal sealed class SchemaCommands(Database database, GatewayOptions options) : ICommandGroup
{
    private const int Server70 = 21;
    private const int LeastPackedState = 100_000_000;

    public IEnumerable<(string Name, Handler Run)> Commands =>
        [
            (
                "listDatabases",
                request => AnswerAsync(request, "documentdb_api.list_databases($1)", request.Command.Bytes)
            ),
            ("create", request => OfDatabaseAsync(request, "documentdb_api.create_collection_view($1,$2)")),
            (
                "collMod",
                request =>
                    AnswerAsync(
                        request,
                        "documentdb_api.coll_mod($1,$2,$3)",
                        request.Database,
                        request.Collection,
                        request.Command.Bytes
                    )
            ),
            ("drop", DropAsync),
            ("dropDatabase", DropDatabaseAsync),
            ("createIndexes", CreateIndexesAsync),
            ("dropIndexes", DropIndexesAsync),
            (
                "renameCollection",
                request => AnswerAsync(request, "documentdb_api.rename_collection($1)", request.Command.Bytes)
            ),
            (
                "collStats",
                request =>
                    AnswerAsync(request, "documentdb_api.coll_stats($1,$2,1)", request.Database, request.Collection)
            ),
            ("dbStats", request => AnswerAsync(request, "documentdb_api.db_stats($1,1,false)", request.Database)),
            ("validate", request => OfDatabaseAsync(request, "documentdb_api.validate($1,$2)")),
            (
                "currentOp",
                request => AnswerAsync(request, "documentdb_api.current_op_command($1)", request.Command.Bytes)
            ),
            ("mongogwTtlSweep", SweepAsync),
        ];

    /// <summary>Is run for its answer; never in a transaction, where a server refuses it too.</summary>
    private Task<ReadOnlyMemory<byte>> AnswerAsync(Request request, string call, params object?[] arguments) =>
        database.AnswerAsync(request, $"SELECT {call}::bytea", arguments);

    private Task<ReadOnlyMemory<byte>> OfDatabaseAsync(Request request, string call) =>
        AnswerAsync(request, call, request.Database, request.Command.Bytes);

    private async Task<ReadOnlyMemory<byte>> DropAsync(Request request)
    {
        var existed = await database.RunAsync(
            request,
            "SELECT documentdb_api.drop_collection($1,$2)",
            request.Database,
            request.Collection
        );
        return existed is true || options.Wire >= Server70
            ? Reply.Ok(new("ns", request.Namespace))
            : throw new MongoError(26, "NamespaceNotFound", "ns not found");
    }

    private async Task<ReadOnlyMemory<byte>> DropDatabaseAsync(Request request)
    {
        await database.RunAsync(request, "SELECT documentdb_api.drop_database($1)", request.Database);
        return Reply.Ok(new("dropped", request.Database));
    }

    private async Task<ReadOnlyMemory<byte>> CreateIndexesAsync(Request request) =>
        Unwrap(await OfDatabaseAsync(request, "documentdb_api_internal.create_indexes_non_concurrently($1,$2,true)"));

    /// <summary>A procedure, whose answer can only be had as text.</summary>
    private async Task<ReadOnlyMemory<byte>> DropIndexesAsync(Request request)
    {
        const string Prefix = "BSONHEX";
        await using var connection = await database.OpenAsync();
        await using var command = Sql.Command(
            connection,
            "CALL documentdb_api.drop_indexes($1,$2,NULL)",
            request.Database,
            request.Command.Bytes
        );
        command.AllResultTypesAreUnknown = true;
        var text = (string)(await command.ExecuteScalarAsync())!;
        return Unwrap(Convert.FromHexString(text.AsSpan(Prefix.Length)));
    }

    /// <summary>TTL indexes are swept on the engine's own schedule; a test cannot wait for it.</summary>
    private async Task<ReadOnlyMemory<byte>> SweepAsync(Request request)
    {
        await database.RunAsync(request, "CALL documentdb_api_internal.delete_expired_rows()");
        return Reply.Ok();
    }

    /// <summary>Index commands answer in the shape of a sharded cluster ("raw": {shard: {...}}), and tell errors inside.</summary>
    private static ReadOnlyMemory<byte> Unwrap(ReadOnlyMemory<byte> answer)
    {
        var document = Reply.Decode(answer);
        if (document.TryGetValue("raw", out var raw))
        {
            document.Remove("raw");
            document = raw.AsBsonDocument[0].AsBsonDocument.Merge(document, overwriteExistingElements: true);
        }

        if (document["ok"].ToBoolean())
            return Reply.Encode(document.Set("ok", 1.0));
        var (code, message) = (document.GetValue("code", 1).ToInt32(), document.GetValue("errmsg", "failed").AsString);
        throw code > LeastPackedState
            ? ErrorMap.Of(ErrorMap.StateOf(code), message, inTransaction: false)
            : new MongoError(code, "Error", message);
    }
}
