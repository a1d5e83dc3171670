using MongoDB.Bson;
using MongoGateway.Errors;
using MongoGateway.Postgres;
using MongoGateway.Sessions;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>Writing documents. The engine remembers the outcome of a retryable write under its key.</summary>
internal sealed class WriteCommands(Database database) : ICommandGroup
{
    private const int WriteConflict = 112;
    private const int MostAttempts = 10;

    private readonly Outcomes _outcomes = new(database);

    public IEnumerable<(string Name, Handler Run)> Commands =>
        [
            ("insert", request => WriteAsync(request, "insert")),
            ("update", request => WriteAsync(request, "update")),
            ("delete", request => WriteAsync(request, "delete")),
            ("findAndModify", FindAndModifyAsync),
        ];

    private async Task<ReadOnlyMemory<byte>> WriteAsync(Request request, string function)
    {
        var sql = $"SELECT p_result::bytea FROM documentdb_api.{function}($1,$2,$3,$4)";
        object?[] arguments =
        [
            request.Database,
            request.Command.Bytes,
            request.Sequence ?? (object)DBNull.Value,
            request.RetryKey,
        ];
        // The engine remembers the outcome of one statement, not of several.
        var reply =
            request.RetryKey is not null && request.IsBulk
                ? await _outcomes.RunOnceAsync(request, sql, arguments)
                : await database.AnswerAsync(request, sql, arguments);
        return new RawDocument(reply).Has("writeErrors") ? TellWriteErrors(request, Reply.Decode(reply)) : reply;
    }

    /// <summary>The engine puts a SQLSTATE into each write error's code; clients want the server's own number.</summary>
    private static ReadOnlyMemory<byte> TellWriteErrors(Request request, BsonDocument reply)
    {
        foreach (var told in reply["writeErrors"].AsBsonArray.Select(e => e.AsBsonDocument))
        {
            var state = ErrorMap.StateOf(told["code"].ToInt32());
            var error = ErrorMap.Of(state, told["errmsg"].AsString, request.IsTransactional, request.Namespace);
            if (error.Code == WriteConflict)
                throw error; // of the whole command, as a server tells it
            told["code"] = error.Code;
            told["errmsg"] = error.Message;
        }

        return Reply.Encode(reply);
    }

    /// <summary>When the chosen document changes under it the engine may answer "none"; a server looks for the next match.</summary>
    private async Task<ReadOnlyMemory<byte>> FindAndModifyAsync(Request request)
    {
        for (var attempt = 0; ; attempt++)
        {
            var reply = await database.AnswerAsync(
                request,
                "SELECT p_result::bytea FROM documentdb_api.find_and_modify($1,$2,$3)",
                request.Database,
                request.Command.Bytes,
                request.RetryKey is null || attempt == 0 ? request.RetryKey : $"{request.RetryKey}.{attempt}"
            );
            if (
                request.Transaction is not null
                || attempt == MostAttempts
                || request.Command.FindBool("upsert") == true
                || new RawDocument(reply).Find("value") is not { Type: RawElement.Null }
                || !await AnyMatchesAsync(request)
            )
                return reply;
        }
    }

    private async Task<bool> AnyMatchesAsync(Request request)
    {
        var find = new BsonDocument
        {
            { "find", request.Collection },
            { "filter", request.Command.FindDocument("query") is { } query ? Reply.Decode(query) : [] },
            { "limit", 1 },
            { "singleBatch", true },
        };
        if (request.Command.FindDocument("collation") is { } collation)
            find.Add("collation", Reply.Decode(collation));
        var page = await database.AnswerAsync(
            request,
            "SELECT cursorpage::bytea FROM documentdb_api.find_cursor_first_page($1,$2)",
            request.Database,
            Reply.Encode(find)
        );
        return Reply.Decode(page)["cursor"]["firstBatch"].AsBsonArray.Count > 0;
    }
}
